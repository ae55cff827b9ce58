"""A history holds one row a step, continues, copies, and cannot be changed by accident."""

import copy
import json
import pickle

import linclf
import numpy as np
import pytest
from linclf import History

COLUMNS = ("epoch", "loss", "data_loss", "penalty", "learning_rate", "grad_norm")


def filled(steps, epochs=1):
    """Return a history of so many steps, with a validation at its end."""
    history = History({"seed": 7})
    for k in range(steps):
        epoch = 1 + k * epochs // steps
        history.append(3.0 - k, 0.25 * k, learning_rate=0.1, grad_norm=k, epoch=epoch)
    history.append_validation(0.5, 0.75)
    return history


def test_the_loss_is_the_data_loss_plus_the_penalty():
    history = filled(4)
    np.testing.assert_array_equal(history.loss, history.data_loss + history.penalty)
    np.testing.assert_array_equal(history.data_loss, [3, 2, 1, 0])
    np.testing.assert_array_equal(history.penalty, [0, 0.25, 0.5, 0.75])
    np.testing.assert_array_equal(history.grad_norm, [0, 1, 2, 3])


def test_the_lowest_loss_so_far_passes_over_nan():
    history = History()
    for loss in (3.0, np.nan, 5.0, 2.0, 4.0):
        history.append(loss)
    np.testing.assert_array_equal(history.lowest, [3, 3, 3, 2, 2])
    assert len(History().lowest) == 0


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_has_one_entry_a_step(column):
    assert len(getattr(filled(5), column)) == len(filled(5)) == 5
    assert len(getattr(History(), column)) == len(History()) == 0


@pytest.mark.parametrize("column", [c for c in COLUMNS if c != "loss"])
def test_columns_are_read_only(column):
    with pytest.raises(ValueError, match="read-only"):
        getattr(filled(3), column)[0] = 9


def test_a_history_that_is_empty_has_empty_arrays_of_the_right_types():
    history = History()
    assert history.loss.dtype == np.float64
    assert history.epoch.dtype == np.int64
    assert {name: len(a) for name, a in history.validation.items()} == {
        "step": 0,
        "loss": 0,
        "accuracy": 0,
    }
    assert history.best_step is None


def test_extending_counts_steps_epochs_and_validations_on():
    history, more = filled(4, epochs=2), filled(2, epochs=2)
    more.stopped = "callback"
    history.extend(more)
    np.testing.assert_array_equal(history.epoch, [1, 1, 2, 2, 3, 4])
    np.testing.assert_array_equal(history.validation["step"], [4, 6])
    np.testing.assert_array_equal(history.data_loss, [3, 2, 1, 0, 3, 2])
    assert history.stopped == "callback"
    assert history.manifest == {"seed": 7}


def test_the_best_step_is_the_first_with_the_lowest_finite_validation_loss():
    history = filled(1)
    for loss in (np.nan, 0.2, 0.2, 0.4):
        history.append(1.0)
        history.append_validation(loss, 0.5)
    assert history.best_step == 3


def test_many_appended_steps_are_all_there():
    history = History()
    for k in range(1000):
        history.append(float(k), epoch=k + 1)
    np.testing.assert_array_equal(history.loss, np.arange(1000))
    np.testing.assert_array_equal(history.epoch, np.arange(1000) + 1)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda h: pickle.loads(pickle.dumps(h))])
def test_a_copy_is_equal_and_independent(duplicate):
    history = filled(3)
    twin = duplicate(history)
    history.append(9.0)
    assert (len(twin), len(history)) == (3, 4)
    np.testing.assert_array_equal(twin.loss, history.loss[:3])
    assert (twin.manifest, twin.stopped) == (history.manifest, history.stopped)
    twin.append(1.0)
    assert len(twin) == 4


def test_unused_room_is_not_pickled():
    history = History()
    history.reserve(100_000)
    assert len(pickle.dumps(history)) < 2000


def test_the_representation_tells_how_it_went():
    assert repr(History()) == "History(no steps, finished)"
    text = repr(filled(4, epochs=2))
    for part in ("4 steps, 2 epochs", "loss 3 -> 0.75", "validation accuracy 0.75", "finished"):
        assert part in text


def test_the_loss_curve_is_drawn_on_the_axes_given(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is not installed")
    _, ax = pyplot.subplots()
    assert filled(4).plot(ax=ax) is ax
    assert ax.lines
    pyplot.close("all")


def test_the_dictionary_has_all_columns():
    columns = filled(3).as_dict()
    assert tuple(columns) == COLUMNS
    assert {len(column) for column in columns.values()} == {3}


def test_the_manifest_of_a_run_can_be_written_as_json_and_names_versions_and_seed():
    X, y, W = np.eye(3), np.arange(3), np.zeros((3, 3))
    for rng in (5, np.int64(5), np.random.SeedSequence(5)):
        manifest = linclf.sgd(W, X, y, rng=rng, max_steps=2).manifest
        assert json.loads(json.dumps(manifest)) == manifest
        assert manifest["rng"] == 5
        assert manifest["linclf"] == linclf.__version__
        assert manifest["numpy"] == np.__version__
    json.dumps(linclf.sgd(W, X, y, rng=np.random.default_rng(5), max_steps=2).manifest)


def test_a_run_without_a_seed_can_be_repeated_from_its_manifest(rng):
    X, y = rng.standard_normal((30, 4)), rng.integers(3, size=30)
    first, second = np.zeros((4, 3)), np.zeros((4, 3))
    seed = linclf.sgd(first, X, y, batch_size=7, epochs=2).manifest["rng"]
    linclf.sgd(second, X, y, batch_size=7, epochs=2, rng=seed)
    np.testing.assert_array_equal(first, second)
