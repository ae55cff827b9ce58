"""The words of the command line: help, errors, exit codes, and the doctor."""

import re

import linclf
import numpy as np
import pytest
from cli_runs import run
from linclf.cli import doctor

COMMANDS = ("bench", "demo", "train", "predict", "gradcheck", "course", "doctor", "grade")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A file with a classifier of digits, trained for a moment with the hinge loss."""
    path = tmp_path_factory.mktemp("model") / "model.npz"
    assert run("train", "digits", "--loss", "hinge", "--epochs", 1, "-q", "-o", path) == (0, "", "")
    return path


# ---------------------------------------------------------------------------- doctor


def test_doctor_is_content():
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    assert str(linclf.show_config("dict")["extension"]) in out
    for name in ("linclf", "compiler", "CPU level", "threads", "NumPy", "matplotlib"):
        assert re.search(rf"^{name} +\S", out, re.MULTILINE)
    assert out.count("\nok ") >= len(linclf.self_test())
    assert out.endswith("All is well.\n")


def test_doctor_fails_with_a_check(monkeypatch):
    wrong = [linclf.config.Check("one and one", False, "3")]
    monkeypatch.setattr(linclf, "self_test", lambda: wrong)
    code, out, _ = run("doctor")
    assert code == 1
    assert "WRONG  one and one: 3" in out


def test_doctor_says_how_to_get_what_is_missing(monkeypatch):
    def version(name):
        raise doctor.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", version)
    assert 'pip install "linclf[plot]"' in run("doctor")[1]


def test_doctor_notices_a_stale_extension(monkeypatch):

    monkeypatch.setattr(doctor.metadata, "version", lambda name: "0.0.1")
    code, out, _ = run("doctor")
    assert code == 1
    assert f"0.0.1 and {linclf.__version__}: install linclf again" in out


def test_doctor_tells_what_the_environment_changes(monkeypatch):
    monkeypatch.setenv("LINCLF_NUM_THREADS", "1")
    assert re.search(r"^LINCLF_NUM_THREADS +1$", run("doctor")[1], re.MULTILINE)


# ------------------------------------------------------------------ words and errors


def test_no_words_print_the_help():
    code, out, err = run()
    assert (code, err) == (0, "")
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: linclf {command}")


def test_version_is_that_of_the_extension():
    assert run("--version") == (0, f"linclf {linclf.__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("frobnicate", "invalid choice: 'frobnicate'"),
        ("train", "required: DATA"),
        ("train digts", "did you mean 'digits'"),
        ("train digits --loss hing", "invalid choice: 'hing'"),
        ("train digits --epochs 0", "'0' is not a whole number of 1 or more"),
        ("train digits --epochs many", "'many' is not a whole number"),
        ("train digits --batch-size 2.5", "'2.5' is not a whole number"),
        ("train digits --learning-rate nan", "'nan' is neither 'auto' nor a number above 0"),
        ("train digits --learning-rate -1", "'-1' is neither"),
        ("train digits --test-fraction 1", "'1' is not a number from 0 to below 1"),
        ("train digits --reg -1", "lam is -1.0"),
        ("train digits --momentum 1", "momentum is 1.0"),
        ("train digits --seed -1", "rng is -1"),
        ("train digits --learning-rate 1e9", "learning_rate="),
        ("train digits -o no/such/folder/model.npz", "does not exist"),
        ("train digits --plots README", "README: File exists"),
        ("train broken.csv", "line 2: column 1 is 'x'"),
        ("predict missing.npz digits", "missing.npz: No such file"),
        ("predict README digits", "no linclf model"),
        ("predict MODEL blobs", "2 features"),
        ("predict MODEL digits --probabilities", "softmax"),
        ("predict MODEL broken.npy", "broken.npy: not an array"),
        ("predict MODEL one.npy", "shape (64,), not rows"),
        ("predict MODEL pickled.npy", "not an array"),
        ("predict MODEL stripes --part test", "stripes has no test part"),
        ("demo -o .", "is a folder"),
        ("demo -o no/such/folder/page.html", "does not exist"),
        ("demo --seed x", "invalid int value: 'x'"),
    ],
)
def test_errors_are_one_line(tmp_path, monkeypatch, model, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README").write_text("not a model\n")
    (tmp_path / "broken.csv").write_text("1,2,0\n3,x,1\n")
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY broken")
    np.save("one.npy", np.zeros(64))
    np.save("pickled.npy", np.array([{"a": 1}]), allow_pickle=True)
    code, _, err = run(*words.replace("MODEL", str(model)).split())
    assert code == 2
    assert err.startswith("linclf: error: ")
    assert said in err
    assert err.count("\n") == 1


def test_surprises_are_one_line_too(monkeypatch):
    monkeypatch.setattr(linclf, "self_test", lambda: 1 / 0)
    code, _, err = run("doctor")
    assert code == 2
    assert err.startswith("linclf: error: ZeroDivisionError: ")
    assert err.count("\n") == 1


def test_tracebacks_are_there_for_the_asking():
    with pytest.raises(FileNotFoundError):
        run("--traceback", "train", "digts")


def test_an_interrupt_is_no_error(monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(linclf, "self_test", interrupt)
    code, _, err = run("doctor")
    assert (code, err) == (130, "linclf: interrupted\n")
