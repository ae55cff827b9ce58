"""``linclf bench``: a race on the user's data against what is installed."""

import json
import re

import numpy as np
import pytest
from cli_runs import run
from linclf.cli import bench, peers, timing
from linclf.cli.surroundings import optional, scrubbed

WORKS = ("hinge loss + gradient", "softmax SGD step of 64", "predict")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Short measurements, no pauses, and nothing in the environment that asks for a process."""
    monkeypatch.setattr(timing, "MEASURABLE_SECONDS", 1e-5)
    monkeypatch.setattr(timing, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(bench, "_MOST_ROWS", 500)
    monkeypatch.setattr(bench, "scrubbed", dict)


def test_bench_prints_a_row_for_every_work():
    code, out, err = run("bench", "blobs", "--batch-size", 64, "--rounds", 1, "--threads", 2)
    assert (code, err) == (0, "")
    rows = [line for line in out.splitlines() if re.search(r"\d\.\dx", line)]
    assert len(rows) == 5
    assert all(any(row.startswith(work) for row in rows) for work in WORKS)
    assert "DIFFERENT" not in out
    assert "3 features" in out
    assert ("PyTorch" in out) == bool(optional("torch"))


def test_bench_takes_the_digits_by_default():
    code, out, _ = run("bench", "--rounds", 1, "--dtype", "float32")
    assert code == 0
    assert "digits: 1,198 samples, 65 features" in out


def test_bench_writes_json(tmp_path):
    target = tmp_path / "times.json"
    assert run("bench", "blobs", "--rounds", 2, "--threads", 1, "--json", target)[0] == 0
    rows = json.loads(target.read_text("utf-8"))
    assert len(rows) == 5
    for row in rows:
        assert {"linclf", "NumPy"} <= {one["family"] for one in row["contenders"]}
        for one in row["contenders"]:
            assert len(one["rounds"]) == 2
            assert one["seconds"] > 0
            assert one["threads"] == 1


def test_bench_fails_if_results_differ(monkeypatch):
    monkeypatch.setattr(peers.linclf, "predict", lambda W, X, n_threads: np.zeros(len(X), int))
    code, out, _ = run("bench", "blobs", "--rounds", 1)
    assert code == 1
    assert out.count("DIFFERENT: linclf") == 1


def test_bench_races_in_a_clean_process(monkeypatch):
    monkeypatch.setattr(bench, "scrubbed", scrubbed)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    code, out, _ = run("bench", "blobs", "--rounds", 1, "--threads", 1, "--batch-size", 32)
    assert code == 0
    assert "softmax SGD step of 32" in out
    assert "Prescott" not in out


def test_bench_refuses_data_that_is_not_there():
    code, out, err = run("bench", "nowhere.npz")
    assert (code, out) == (2, "")
    assert "nowhere.npz" in err


def test_bench_has_help():
    code, out, _ = run("bench", "--help")
    assert code == 0
    assert out.startswith("usage: linclf bench")


@pytest.mark.parametrize(("busy_for", "waited"), [(0, 0.01), (0.105, 0.12), (9, 0.5)])
def test_a_race_goes_on_when_threads_of_the_last_contender_sleep(busy_for, waited, monkeypatch):
    clock = 0.0

    def sleep(seconds):
        nonlocal clock
        clock += seconds

    monkeypatch.setattr(timing, "perf_counter", lambda: clock)
    monkeypatch.setattr(timing, "process_time", lambda: min(clock, busy_for))
    monkeypatch.setattr(timing, "sleep", sleep)
    monkeypatch.setattr(timing, "_PATIENCE_SECONDS", 0.5)
    raced = []
    contender = timing.Contender("a", "", 1, lambda: raced.append(clock) or 1.0)
    monkeypatch.setattr(timing._Burst, "go", lambda burst: raced.append(clock))
    monkeypatch.setattr(timing, "MEASURABLE_SECONDS", 0.0)
    timing.measure([contender], timing.as_vector(1.0), 0.0, timing.Pace(1, 1, 1e-9))
    assert raced[-1] == pytest.approx(waited, abs=0.0101)
    assert raced[-1] > min(busy_for, 0.4)
