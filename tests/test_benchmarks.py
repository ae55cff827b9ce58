"""The benchmarks: their contenders agree, their files have the promised form; no time is judged."""

import getpass
import json
import re
import shutil
import socket
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import reference
from linclf.cli import timing
from linclf.cli.peers import Task
from linclf.cli.surroundings import optional, thread_setter

from benchmarks import __main__ as command
from benchmarks import cases, child, data, exact, limits, machine, report, targets
from benchmarks.results import results_markdown
from benchmarks.roofline import roofline_svg
from benchmarks.works import WORKS, solve

SMALL = {"digits": 120, "mnist": 60, "cifar": 210, "probe": 30}
RACES = ("loss", "uint8", "sgd", "predict", "tiny", "lbfgs", "job", "avx2")
COMPILER = shutil.which(limits.compiler()[0])


@pytest.fixture(scope="module", autouse=True)
def _small_and_quick():
    """Few samples, short measurements, no pauses, and no threads that wait for each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "_QUICK_SAMPLES", SMALL)
        patch.setattr(timing, "MEASURABLE_SECONDS", 1e-5)
        patch.setattr(timing, "_PATIENCE_SECONDS", 0.0)
        child.load_opponents()
        thread_setter()(1)
        yield


@pytest.fixture(scope="module")
def plan():
    """A plan of everything, at the sizes above."""
    return cases.Plan(quick=True)


@pytest.fixture(scope="module")
def document(plan, tmp_path_factory):
    """What a run over the digits finds, as JSON."""
    plan = replace(plan, kinds=("loss", "predict", "error", "bits"), sizes=("digits",))
    return json.dumps(child.document(plan, tmp_path_factory.mktemp("bench")))


@pytest.fixture
def results(document):
    """The same, to be read and changed."""
    return json.loads(document)


@pytest.fixture
def judged(results):
    """The same as if it had been a full run: with targets, one of them missed."""
    for row in results["races"]:
        row["targets"] = [
            {"measure": "NumPy", "floor": 4.0, "goal": 6.0, "value": 5.0, "verdict": "floor"},
            {"measure": "share", "floor": 0.5, "goal": 0.7, "value": 0.4, "verdict": "below"},
        ]
    results["plan"]["quick"] = False
    return results


# ------------------------------------------------------------------------------ contenders


@pytest.mark.parametrize("kind", RACES)
def test_all_contenders_do_the_same_work(kind, plan):
    races = list(WORKS[kind](plan))
    assert races or kind == "lbfgs"
    for race in races:
        families = {contender.family for contender in race.contenders}
        assert {"linclf", "NumPy"} <= families
        for contender in race.contenders:
            result = timing.as_vector(contender.function(*contender.arguments))
            error = np.linalg.norm(result - race.expected) / np.linalg.norm(race.expected)
            assert error <= race.tolerance, (race.size, race.dtype, race.loss, contender)


def test_the_opponents_that_are_installed_take_part(plan):
    families = {c.family for race in WORKS["loss"](plan) for c in race.contenders}
    installed = {"PyTorch": "torch", "scikit-learn": "sklearn"}
    assert families == {"linclf", "NumPy"} | {who for who, m in installed.items() if optional(m)}


@pytest.mark.parametrize("loss", ["hinge", "softmax"])
def test_the_yardstick_is_right(loss, rng):
    X, y, W = rng.normal(size=(50, 7)), rng.integers(4, size=50), rng.normal(size=(7, 4))
    truth = reference.objective(loss, W, X, y, 0.1)
    found = exact.objective(Task(loss, W, X, y, 0.1), block=16)
    expected = np.append(truth.dW, truth.loss).astype(float)
    assert np.linalg.norm(found - expected) <= exact.tolerance("float64", 57) * np.linalg.norm(
        found
    )


def test_the_yardstick_subtracts_the_center(rng):
    X, y, W = rng.normal(size=(9, 3)), rng.integers(2, size=9), rng.normal(size=(3, 2))
    center = X.mean(axis=0)
    found = exact.objective(Task("hinge", W, X, y, 0.1), center=center)
    assert np.array_equal(found, exact.objective(Task("hinge", W, X - center, y, 0.1)))


def test_figures_are_as_good_as_promised(plan):
    plan = replace(plan, sizes=("digits",))
    for kind in ("error", "bits"):
        figures = list(WORKS[kind](plan))
        assert figures
        assert all(figure.value <= figure.goal for figure in figures)


def test_numerical_gradients_agree_and_their_ratio_is_that_of_their_times(plan):
    figures = list(WORKS["numgrad"](replace(plan, sizes=("digits",))))
    by_what = {figure.what.rpartition(": ")[::2]: figure for figure in figures}
    assert len(by_what) == len(figures) == 4 * len(plan.losses) * len(plan.threads)
    for (race, of), figure in by_what.items():
        if of == "difference":
            assert figure.value <= figure.floor
        elif of == "ratio":
            fast = by_what[race, "all entries"].value
            assert figure.value * fast == pytest.approx(
                by_what[race, "entry by entry (scaled)"].value
            )
        assert figure.value > 0 or of == "difference"


def test_solvers_get_to_the_validation_loss_of_the_minimum(plan):
    solutions = list(WORKS["solve"](replace(plan, sizes=("digits",))))
    assert all(one.seconds > 0 and one.passes > 0 for one in solutions)
    assert all((one.ratio is not None) == (one.loss <= one.wanted) for one in solutions)
    for problem in {one.problem for one in solutions}:
        ours = [one for one in solutions if one.problem == problem and one.solver[:6] == "linclf"]
        assert min(one.ratio for one in ours if one.ratio is not None) == 1
    assert len({one.problem for one in solutions}) == 4


def test_the_data_of_the_solvers_is_held_out(plan):
    for name in ("digits", "mnist", "cifar"):
        data = solve._data(plan, name)
        assert (data.X[:, -1] == 1).all()
        assert data.X.shape[1] == data.X_val.shape[1]
        assert not {row.tobytes() for row in data.X} & {row.tobytes() for row in data.X_val}


def test_data_is_the_same_in_every_run():
    size = data.Size("mnist", 20, 9, 3)
    first, again = data.pixels(size), data.pixels.__wrapped__(size)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert first[0].dtype == np.uint8
    assert (first[0][:, -1] == 1).all()


# -------------------------------------------------------------------------------- measuring


def test_contenders_take_turns():
    turns = []
    contenders = [timing.Contender("", name, 1, lambda: 0.0) for name in "AB"]
    timing.measure(
        contenders,
        np.zeros(1),
        0.0,
        timing.Pace(3, 3),
        before=lambda contender: turns.append(contender.name),
        each_round=lambda: turns.append("|"),
    )
    assert "".join(turns) == "AB|AB|AB|AB"


def test_a_wrong_result_is_noticed():
    right = timing.Contender("", "", 1, lambda: (1.0, np.ones(2)))
    wrong = timing.Contender("", "", 1, lambda: (np.nan, np.ones(2)))
    short = timing.Contender("", "", 1, lambda: np.ones(2))
    timed = timing.measure([right, wrong, short], np.ones(3), 1e-9, timing.Pace(1, 1))
    assert [one.agrees for one in timed] == [True, False, False]


@pytest.mark.parametrize(("seconds", "rounds"), [(100.0, 7), (1.0, 10), (0.001, 15)])
def test_rounds_fit_into_the_time(seconds, rounds):
    assert timing.Pace(7, 15, 10.0).rounds(seconds) == rounds


@pytest.mark.skipif(not COMPILER, reason="needs a C compiler")
@pytest.mark.parametrize("size", [0, 1 << 20, 1 << 40])
@pytest.mark.parametrize("isa", ["baseline", machine.description()["instruction set"]])
def test_the_limits_of_the_machine_are_measured(isa, size, tmp_path):
    sample = limits.Limits(tmp_path, isa, (1, 2), quick=True).sample(size)
    assert set(sample) == {"read", "float64", "float32"}
    assert all(rate > 0 for rates in sample.values() for rate in rates.values())
    assert limits.median([sample, sample]) == sample


def test_without_a_compiler_there_are_no_limits(monkeypatch, plan, tmp_path):
    monkeypatch.setenv("CC", "false")
    plan = replace(plan, kinds=("tiny",), sizes=())
    assert child.document(plan, tmp_path)["limits"] == {}


# -------------------------------------------------------------------------------- the document


def test_the_document_has_its_form(results):
    assert set(results) == {
        *("schema", "plan", "machine", "versions", "limits", "races", "figures", "solutions")
    }
    assert results["schema"] == child.SCHEMA
    assert len(results["races"]) == 4 + 2
    for row in results["races"]:
        assert {"kind", "size", "shape", "dtype", "loss", "rounds", "limits", "targets"} <= set(row)
        assert set(row["by threads"]) == {"1", "2"}
        for one in row["contenders"]:
            assert len(one["rounds"]) == row["rounds"]
            assert one["agrees"]
            assert one["seconds"] > 0


def test_the_document_names_nobody(results):
    text = json.dumps(results)
    for secret in (socket.gethostname(), str(Path.home()), getpass.getuser(), str(command.ROOT)):
        assert not re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", text)


def test_every_result_has_a_row_in_a_table(results):
    tables = {table.title: table for table in report.tables(results)}
    assert len(tables["loss + gradient"].rows) == 4
    assert len(tables["predict"].rows) == 2
    assert len(tables["On one thread"].rows) == len(tables["Ways"].rows) == 6
    for table in tables.values():
        assert all(len(row) == len(table.header) for row in table.rows)
        lines = report.as_markdown(table).splitlines()
        assert len({line.count("|") for line in lines if line.startswith("|")}) == 1
        assert all(row[0] in report.as_text(table) for row in table.rows)


def test_targets_show_in_the_tables(judged):
    table = next(report.tables(judged))
    assert "4 / 6" in table.rows[0]
    assert any(cell.endswith("FLOOR") for cell in table.rows[0])
    assert any(cell.endswith("BELOW") for cell in table.rows[0])
    assert len(report.slow(judged)) == len(judged["races"])
    assert report.wrong(judged) == []
    assert "6 neither" in report.tally(judged)


def test_the_results_page_tells_how_it_came_about(judged):
    text = results_markdown(judged)
    assert text.startswith("# Results\n")
    for needed in ("make bench", "Machine and versions", "## Loss + gradient", "OpenBLAS", "BELOW"):
        assert needed.lower() in text.lower()
    assert "quick run" not in text


def test_the_readme_claims_what_the_committed_run_found():
    readme = (command.ROOT / "README.md").read_text("utf-8")
    (claim,) = (part for part in readme.split("\n\n") if "benchmarks/RESULTS.md" in part)
    claimed = re.findall(r"[\d.]+x", claim)
    found = re.findall(
        r"(?<=\| )[\d.]+x", (command.ROOT / "benchmarks/RESULTS.md").read_text("utf-8")
    )
    assert len(claimed) > 5
    assert not set(claimed) - set(found)


def test_the_plot_is_well_formed(results):
    results["limits"] = {what: {"1": 5e10, "2": 1e11} for what in ("read", "float64", "float32")}
    root = ET.fromstring(roofline_svg(results))
    shapes = [e for e in root.iter() if e.tag.endswith("path") and "#0072B2" in e.get("fill", "")]
    assert len(shapes) == 1 + 4  # the legend, and loss and predictions in both dtypes
    assert roofline_svg({**results, "limits": {}}) == ""


# ------------------------------------------------------------------------------- the command


@pytest.mark.parametrize(
    ("only", "kinds", "sizes"),
    [
        (None, tuple(cases.KINDS), tuple(data.SIZES)),
        ("sgd,digits", ("sgd",), ("digits",)),
        ("cifar", tuple(cases.KINDS), ("cifar",)),
    ],
)
def test_only_chooses_kinds_and_sizes(only, kinds, sizes):
    words = command._parser().parse_args(["--only", only] if only else [])
    chosen = cases.plan_from(words)
    assert (chosen.kinds, chosen.sizes) == (kinds, sizes)


def test_an_unknown_word_is_an_error(capsys):
    assert command.main(["--only", "cifar,sdg"]) == 2
    assert "sdg" in capsys.readouterr().err


def test_the_environment_of_the_opponents_is_clean(monkeypatch, plan, tmp_path):
    seen = {}

    def run(words, env, **options):
        seen.update(env)
        Path(words[-1]).write_text("{}")

    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("MKL_DYNAMIC", "FALSE")
    monkeypatch.setenv("LINCLF_NUM_THREADS", "7")
    monkeypatch.setattr(command.subprocess, "run", run)
    command._in_process(plan, tmp_path, {"LINCLF_CPU": "avx2"})
    tuned = {name: value for name, value in seen.items() if re.match("OMP|MKL|OPENB|LINCLF", name)}
    threads = {f"{name}_NUM_THREADS": "2" for name in ("OMP", "MKL", "OPENBLAS")}
    assert tuned == {**threads, "LINCLF_CPU": "avx2"}


@pytest.mark.slow
def test_one_command_writes_json_and_prints_tables(capfd, tmp_path):
    assert command.main(["--quick", "--only", "tiny,digits", "--output", str(tmp_path)]) == 0
    out = capfd.readouterr().out
    assert "tiny call, 3x4x3" in out
    written = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert [row["kind"] for row in written["races"]] == ["tiny", "tiny"]


@pytest.fixture
def measured(monkeypatch):
    """The kinds that were asked for, in place of measuring them; the machine can be changed."""
    asked = []
    machine = {"CPUs": 2}

    def _in_process(part, folder, settings):
        (kind,) = part.kinds
        if asked == ["tiny", "bits"]:
            raise KeyboardInterrupt
        asked.append(kind)
        row = {"tiny": "races", "bits": "figures"}.get(kind, "solutions")
        empty = {"races": [], "figures": [], "solutions": []}
        return {**empty, row: [{"kind": kind}], "machine": dict(machine), "versions": {}}

    monkeypatch.setattr(command, "_in_process", _in_process)
    return SimpleNamespace(asked=asked, machine=machine)


def test_a_stopped_run_is_continued(measured, plan, tmp_path):
    plan = replace(plan, kinds=("tiny", "bits", "solve"))
    with pytest.raises(KeyboardInterrupt):
        command.run(plan, tmp_path, {})
    measured.asked.clear()
    results = command.run(plan, tmp_path, command._found(plan, tmp_path))
    assert measured.asked == ["solve"]
    assert [results[what][0]["kind"] for what in ("races", "figures", "solutions")] == [*plan.kinds]
    assert results["runs"] == [["tiny", "bits"], ["solve"]]
    measured.asked.clear()
    assert command.run(plan, tmp_path, command._found(plan, tmp_path)) == results
    assert measured.asked == []
    with pytest.raises(ValueError, match="another plan"):
        command._found(replace(plan, seconds=3.0), tmp_path)


def test_a_kind_that_is_taken_out_is_measured_anew(measured, plan, tmp_path):
    plan = replace(plan, kinds=("bits", "tiny"))
    results = command.run(plan, tmp_path, {})
    results["races"].clear()
    assert command.run(plan, tmp_path, results)["runs"] == [["bits"], ["tiny"]]


def test_a_run_is_not_continued_elsewhere(measured, plan, tmp_path):
    plan = replace(plan, kinds=("tiny",))
    command.run(plan, tmp_path, {})
    before = (tmp_path / "results.json").read_bytes()
    measured.machine["CPUs"] = 4
    with pytest.raises(SystemExit, match="CPUs 2, this one has 4; name another --output"):
        command.run(replace(plan, kinds=("tiny", "bits")), tmp_path, json.loads(before))
    assert (tmp_path / "results.json").read_bytes() == before


def test_the_results_page_tells_what_was_measured_later(judged):
    assert "Measured in" not in results_markdown(judged)
    later = {**judged, "runs": [["loss", "tiny"], ["sgd"]]}
    assert "Measured in 2 runs: loss, tiny; then sgd." in results_markdown(later)


@pytest.mark.parametrize("size", data.SIZES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_full_size_has_a_target(size, dtype):
    measures = {target.measure for target in targets.targets("loss", size, dtype, "softmax")}
    assert {"NumPy", "PyTorch", "scikit-learn"} <= measures
    assert ("share" in measures) == (size != "digits")
