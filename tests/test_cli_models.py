"""`linclf train` and `linclf predict`: models that are saved, loaded and used."""

import contextlib
import csv
import io
import signal
import subprocess
import sys

import linclf
import numpy as np
import pytest
from cli_runs import LOSSES, process, run


def labels_in(table):
    """Return the column of labels of a CSV text."""
    return [row["label"] for row in csv.DictReader(io.StringIO(table))]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """What `linclf train digits` saved and said, by loss."""
    folder = tmp_path_factory.mktemp("models")
    trained = {}
    for loss in LOSSES:
        path = folder / f"{loss}.npz"
        code, out, _ = run("train", "digits", "--loss", loss, "-o", path)
        assert code == 0
        trained[loss] = path, out
    return trained


@pytest.fixture
def flowers(tmp_path):
    """A table with names for labels, one of which needs quotes, and the same without labels."""
    rng = np.random.default_rng(0)
    names = np.array(["rose", 'iris, "blue"', "tulip"])[np.arange(60) % 3]
    X = rng.standard_normal((60, 2)) + 8 * np.eye(3)[np.arange(60) % 3, :2]
    labelled, plain = tmp_path / "flowers.csv", tmp_path / "plain.csv"
    with labelled.open("w", newline="") as file:
        rows = ((*row, name) for row, name in zip(X.tolist(), names.tolist(), strict=True))
        csv.writer(file).writerows([("length", "width", "kind"), *rows])
    np.savetxt(plain, X, fmt="%.17g", delimiter=",", header="length,width", comments="")
    return labelled, plain, X, names


# ----------------------------------------------------------------------------- train


@pytest.mark.parametrize("loss", LOSSES)
def test_train_saves_what_it_says(models, loss):
    path, out = models[loss]
    clf = linclf.load(path)
    X, y, X_test, y_test = linclf.datasets.digits(split="both")
    assert clf.classes_.tolist() == list(range(10))
    assert f"{clf.score(X_test, y_test):.2%} held out" in out
    assert f"{clf.score(X, y):.2%} on what it learned from" in out
    assert clf.score(X_test, y_test) > 0.94
    assert f"{len(clf.history_):,} steps" in out


def test_train_is_the_classifier_with_its_defaults(models):
    X, y, *_ = linclf.datasets.digits(split="both")
    same = linclf.LinearClassifier("softmax").fit(X, y)
    assert linclf.load(models["softmax"][0]).W_.tobytes() == same.W_.tobytes()


def test_train_takes_every_option(tmp_path):
    path = tmp_path / "model.npz"
    options = "--loss hinge --reg 0.01 --epochs 3 --batch-size 50 --learning-rate 0.01 --seed 5"
    more = "--schedule step --momentum 0 --center --threads 1 --data-seed 2 --test-fraction 0.5"
    code, out, _ = run("train", "stripes-4", *options.split(), *more.split(), "-o", path)
    clf = linclf.load(path)
    assert code == 0
    assert "600 samples to learn from, 600 held out" in out
    assert (clf.loss, clf.reg.l2, clf.reg.l1, clf.schedule) == ("hinge", 0.01, 0, "step")
    assert (clf.rng, clf.center, clf.momentum, clf.n_threads) == (5, "mean", 0, 1)
    assert len(clf.history_) == 3 * 12
    assert clf.history_.learning_rate[0] == 0.01


def test_train_takes_the_whole_data_as_a_batch():
    code, out, _ = run("train", "blobs", "--batch-size", "all", "--epochs", 7)
    assert code == 0
    assert "7 steps, 7 epochs" in out


@pytest.mark.parametrize(("l2", "l1"), [(0.02, 0.0), (0.0, 0.03), (0.02, 0.03)])
def test_train_adds_up_penalties(tmp_path, l2, l1):
    path = tmp_path / "model.npz"
    code, *_ = run("train", "blobs", "--reg", l2, "--l1", l1, "--epochs", 1, "-o", path)
    reg = linclf.load(path).reg
    assert code == 0
    assert (reg.l2, reg.l1) == pytest.approx((l2, l1))


def test_train_can_hold_out_nothing():
    code, out, _ = run("train", "digits", "--epochs", 1, "--test-fraction", 0)
    assert code == 0
    assert "1,797 samples to learn from, 0 held out" in out
    assert "held out\n" not in out.split("\n", 1)[1]


def test_train_can_be_quiet():
    assert run("train", "blobs", "--quiet", "--epochs", 1) == (0, "", "")


def test_train_warns_in_one_line(tmp_path):
    table = tmp_path / "ones.csv"
    table.write_text("1,2,0\n1,3,1\n1,2.5,0\n1,3.5,1\n")
    with pytest.warns(UserWarning, match="1 in every row"):
        linclf.LinearClassifier(epochs=1).fit(np.ones((4, 1)), [0, 1, 0, 1])
    words = ["train", table, "--epochs", "1", "--test-fraction", "0"]
    with process(*words) as running:
        _, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert err.startswith("linclf: warning: X[:, 0] is 1 in every row")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("data", "figures"),
    [
        ("digits", {"errors.png", "loss.png", "templates.png"}),
        ("stripes", {"loss.png", "regions.png"}),
    ],
)
def test_train_draws_what_suits_the_data(tmp_path, data, figures):
    pytest.importorskip("matplotlib")
    folder = tmp_path / "some" / "figures"
    code, out, _ = run("train", data, "--epochs", 2, "--plots", folder)
    assert code == 0
    assert {file.name for file in folder.iterdir()} == figures
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in folder.iterdir())
    assert all(str(folder / name) in out for name in figures)


def test_train_says_how_to_get_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, err = run("train", "blobs", "--plots", tmp_path / "figures")
    assert (code, out) == (2, "")
    assert 'pip install "linclf[plot]"' in err


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_train_keeps_what_it_learned_when_interrupted(tmp_path):
    path = tmp_path / "model.npz"
    with process("train", "blobs", "--epochs", 10**7, "-o", path) as running:
        assert running.stdout.readline().startswith("blobs")
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(timeout=0.5)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert f"wrote {path}" in out
    clf = linclf.load(path)
    assert 0 < len(clf.history_) < 10**7


# --------------------------------------------------------------------------- predict


@pytest.mark.parametrize("loss", LOSSES)
def test_predict_writes_a_label_for_each_sample(models, loss):
    code, out, err = run("predict", models[loss][0], "digits")
    _, _, X_test, y_test = linclf.datasets.digits(split="both")
    clf = linclf.load(models[loss][0])
    assert code == 0
    assert labels_in(out) == [str(label) for label in clf.predict(X_test)]
    assert (
        err
        == f"accuracy {clf.score(X_test, y_test):.2%} on 599 samples of the test part of digits\n"
    )


@pytest.mark.parametrize(("part", "size"), [("train", 1198), ("test", 599), ("all", 1797)])
def test_predict_takes_the_part_that_is_asked_for(models, part, size):
    code, out, err = run("predict", models["hinge"][0], "digits", "--part", part)
    assert code == 0
    assert len(labels_in(out)) == size
    assert f"on {size:,} samples" in err


def test_predict_writes_probabilities(models, tmp_path):
    target = tmp_path / "labels.csv"
    code, out, _ = run("predict", models["softmax"][0], "digits", "--probabilities", "-o", target)
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    P = np.array([[float(row[f"p_{digit}"]) for digit in range(10)] for row in rows])
    assert (code, out) == (0, "")
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-5)
    assert [int(row["label"]) for row in rows] == P.argmax(axis=1).tolist()


def test_predict_knows_names_of_classes(flowers, tmp_path):
    labelled, _, _, names = flowers
    model = tmp_path / "model.npz"
    assert run("train", labelled, "--label", "kind", "--test-fraction", 0, "-o", model)[0] == 0
    code, out, err = run("predict", model, labelled, "--label", "kind")
    assert code == 0
    assert labels_in(out) == names.tolist()
    assert "accuracy 100.00% on 60 samples of flowers.csv" in err


@pytest.mark.parametrize("kind", ["csv", "npy", "npz"])
def test_predict_works_without_labels(flowers, tmp_path, kind):
    labelled, plain, X, names = flowers
    model, samples = tmp_path / "model.npz", tmp_path / f"plain.{kind}"
    if kind == "npy":
        np.save(samples, X)
    elif kind == "npz":
        np.savez(samples, X)
    else:
        assert samples == plain
    assert run("train", labelled, "--test-fraction", 0, "-q", "-o", model)[0] == 0
    code, out, err = run("predict", model, samples)
    assert code == 0
    assert labels_in(out) == names.tolist()
    assert err == f"60 samples of plain.{kind}, true labels unknown\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX pipe")
def test_predict_bears_a_reader_that_goes_away(models):
    with process("predict", models["hinge"][0], "digits") as running:
        running.stdout.close()
        err = running.stderr.read()
    assert running.returncode == 141
    assert "Traceback" not in err
