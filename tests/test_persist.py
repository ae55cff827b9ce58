"""A model comes back from its file as it was; whatever else is in a file is told apart."""

import contextlib
import io
import json
import logging
import os
import pickle
import zipfile

import linclf
import numpy as np
import pytest
from linclf import L1, L2, ElasticNet, LinearClassifier, LinearSVM, Softmax, persist
from linclf.schedules import Cosine, ExponentialDecay, StepDecay
from processes import run

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(60, 4)), np.arange(60) % 3
GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


@pytest.fixture
def path(tmp_path):
    """Where to save."""
    return tmp_path / "model.npz"


def fitted(**parameters):
    return LinearClassifier(**{"epochs": 4, **parameters}).fit(X, Y, eval_set=(X, Y))


def rewritten(path, change):
    """Let `change` change the header and the arrays of a saved model."""
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(str(arrays.pop("header")))
    change(header, arrays)
    np.savez(path, header=json.dumps(header), **arrays)


# --------------------------------------------------------------------------- there and back


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"loss": "hinge", "reg": L2(0.1), "delta": 0.5},
        {"reg": L1(0.01), "schedule": StepDecay(0.5, every=3)},
        {"reg": ElasticNet(0.1, 0.7), "schedule": ExponentialDecay(0.5), "momentum": 0.0},
        {"schedule": Cosine(0.1), "batch_size": None},
        {"center": "mean", "fit_intercept": False},
        {"center": np.array([1.0, 2.0, 3.0, 4.0]), "rng": np.random.default_rng(7)},
        {"early_stopping": True, "loss": linclf.Loss.CRAMMER_SINGER, "rng": None},
        {"rng": np.int64(3), "reg": np.float32(0.5), "learning_rate": 0.25},
    ],
)
def test_a_classifier_comes_back_with_everything(parameters, path):
    clf = fitted(**parameters)
    clf.save(path)
    twin = linclf.load(path)
    assert type(twin) is LinearClassifier
    for name in ("W_", "b_", "center_", "classes_"):
        mine, its = getattr(clf, name), getattr(twin, name)
        np.testing.assert_array_equal(mine, its)
        assert mine is None or mine.dtype == its.dtype
    np.testing.assert_array_equal(clf.decision_function(X), twin.decision_function(X))
    assert clf.score(X, Y) == twin.score(X, Y)
    for name, column in clf.history_.as_dict().items():
        np.testing.assert_array_equal(column, twin.history_.as_dict()[name])
    for name, column in clf.history_.validation.items():
        np.testing.assert_array_equal(column, twin.history_.validation[name])
    assert (twin.history_.stopped, twin.history_.manifest) == (
        clf.history_.stopped,
        clf.history_.manifest,
    )
    given, found = clf.get_params(), twin.get_params()
    for name in set(given) - {"rng", "center"}:
        assert given[name] == found[name]


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["red", "green", "blau \u00fc\u4e2d"])[Y],
        np.array([b"x", b"y", b"z"])[Y],
        np.array([-7, 3, 2**40])[Y],
        Y.astype(np.uint8),
        Y == 1,
        Y / 1.0,
    ],
)
def test_labels_of_every_kind_come_back(labels, path):
    clf = LinearClassifier(epochs=3).fit(X, labels)
    twin = linclf.load(clf.save(path))
    assert twin.classes_.dtype == clf.classes_.dtype
    np.testing.assert_array_equal(twin.predict(X), clf.predict(X))


def test_a_stream_goes_on_after_loading_as_it_would_have(path):
    clf = LinearClassifier().partial_fit(X, Y, classes=[0, 1, 2]).partial_fit(X, Y)
    twin = linclf.load(clf.save(path))
    for either in (clf, twin):
        either.partial_fit(X[::2], Y[::2]).partial_fit(X, Y)
    np.testing.assert_array_equal(clf.W_, twin.W_)
    np.testing.assert_array_equal(clf.history_.learning_rate, twin.history_.learning_rate)


@pytest.mark.parametrize("generator", [*GENERATORS, "RandomState"])
@pytest.mark.parametrize("kind", [LinearSVM, Softmax])
def test_course_classes_come_back_and_train_on_as_they_would_have(kind, generator, path):
    source = np.random.RandomState(3) if generator == "RandomState" else np.random.Generator(
        getattr(np.random, generator)(3)
    )  # fmt: skip
    clf = kind(rng=source)
    clf.train(X, Y, num_iters=7)
    twin = kind.load(clf.save(path))
    assert type(twin) is kind
    assert twin.train(X, Y, num_iters=5) == clf.train(X, Y, num_iters=5)
    np.testing.assert_array_equal(clf.W, twin.W)
    assert len(twin.history_) == 12


@pytest.mark.parametrize("model", [LinearClassifier(reg=0.5), LinearSVM(n_threads=2)])
def test_models_that_are_not_trained_come_back_so(model, path):
    twin = linclf.load(model.save(path))
    assert vars(twin).keys() == vars(model).keys()
    with pytest.raises(ValueError, match="call"):
        twin.predict(X)


def test_names_of_features_come_back(path):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame(X, columns=["a", "bb", "ccc", "d"])
    clf = LinearClassifier(epochs=2).fit(frame, Y)
    twin = linclf.load(clf.save(path))
    assert twin.feature_names_in_.dtype == object
    np.testing.assert_array_equal(twin.predict(frame), clf.predict(frame))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("callback", lambda state: None, "function"),
        ("schedule", lambda step, total: 1.0, "function"),
        ("rng", np.random.SeedSequence(3), "SeedSequence"),
    ],
)
def test_what_cannot_be_stored_is_left_out_and_logged(name, value, kind, path, caplog):
    fitted(**{name: value}).save(path)
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert f"{name} of LinearClassifier is a {kind} and was not saved" in record.getMessage()
    assert getattr(linclf.load(path), name) == LinearClassifier().get_params()[name]


def test_a_subclass_is_saved_as_its_base_and_loaded_by_itself(path):
    class Mine(LinearSVM):
        def loss(self, X_batch, y_batch, reg):
            return linclf.svm_loss(self.W, X_batch, y_batch, reg, squared=True)

    clf = Mine()
    clf.train(X, Y, num_iters=3)
    clf.save(path)
    assert type(linclf.load(path)) is LinearSVM
    assert type(Mine.load(path)) is Mine
    with pytest.raises(ValueError, match=r"holds a LinearSVM, not a Softmax; use linclf.load"):
        Softmax.load(path)


def test_numpy_alone_can_read_the_arrays(path):
    clf = fitted()
    clf.save(path)
    with np.load(path, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["W_"], clf.W_)
        np.testing.assert_array_equal(file["history/epoch"], clf.history_.epoch)
        assert json.loads(str(file["header"]))["format"] == "linclf model"


def test_the_same_model_gives_the_same_file(tmp_path):
    files = [fitted().save(tmp_path / name).read_bytes() for name in ("one.npz", "two.npz")]
    assert files[0] == files[1]


def test_a_model_loads_in_a_fresh_process(path):
    clf = fitted()
    clf.save(path)
    script = f"""
        import sys, linclf
        clf = linclf.load({str(path)!r})
        print(type(clf).__name__, clf.n_iter_, "sklearn" in sys.modules)
    """
    assert run(script).split() == ["LinearClassifier", str(clf.n_iter_), "False"]


# --------------------------------------------------------------------------- writing


def test_a_path_is_used_as_it_is(tmp_path):
    clf = fitted()
    assert clf.save(str(tmp_path / "no ending")) == tmp_path / "no ending"
    assert os.listdir(tmp_path) == ["no ending"]
    assert linclf.load(str(tmp_path / "no ending")).score(X, Y) == clf.score(X, Y)


def test_an_error_while_writing_leaves_the_former_file_and_no_other(path, monkeypatch):
    clf = fitted()
    clf.save(path)
    former = path.read_bytes()

    def fail(*_, **__):
        raise OSError("disk full")

    for name in ("numpy.savez", "os.fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(name, fail)
            with pytest.raises(OSError, match="disk full"):
                clf.save(path)
        assert path.read_bytes() == former
        assert os.listdir(path.parent) == [path.name]


def test_only_models_of_linclf_can_be_saved(path):
    class Other(persist.Persistent):
        pass

    with pytest.raises(TypeError, match="cannot save a Other; only LinearClassifier, LinearSVM"):
        persist.save(Other(), path)
    assert not path.exists()


# --------------------------------------------------------------------------- reading other things


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


class Bomb:
    """Unpickling it is a failure of the test."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was executed",)


FOREIGN = {
    "it is empty": b"",
    "a file that starts with b'hello wo'": b"hello world",
    "a single .npy array": npy(np.ones(3)),
    "a pickle, which could run any code and is never loaded": pickle.dumps(Bomb()),
    "an archive of a, b": archive(a=np.ones(2), b=np.ones(2)),
    "an archive of nothing": b"PK\5\6" + bytes(18),
    "an archive with another header": archive(header=np.ones(3)),
    "an archive of format 'other'": archive(
        header=np.array('{"format": "other", "version": 1, "class": "X", "linclf": "1"}')
    ),
}


@pytest.mark.parametrize("found", FOREIGN)
def test_a_file_of_another_kind_is_named_with_what_it_is(found, path):
    path.write_bytes(FOREIGN[found])
    with pytest.raises(ValueError, match="Load files written by") as caught:
        linclf.load(path)
    assert str(caught.value).startswith(f"{path} is no linclf model: it is ")
    assert found in str(caught.value)


def test_pickles_inside_the_archive_are_never_executed(path):
    fitted().save(path)
    content = io.BytesIO()
    array = np.empty(1, object)
    array[0] = Bomb()
    np.lib.format.write_array(content, array, allow_pickle=True)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("extra.npy", content.getvalue())
    with pytest.raises(ValueError, match="is a damaged linclf model"):
        linclf.load(path)


def test_a_file_that_is_not_there_is_a_file_not_found_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        linclf.load(tmp_path / "nothing.npz")


def test_a_model_of_a_later_format_asks_for_an_upgrade(path):
    fitted().save(path)
    rewritten(path, lambda header, arrays: header.update(version=2, linclf="9.9"))
    with pytest.raises(ValueError, match=r"written by linclf 9.9 in format 2.*Upgrade linclf"):
        linclf.load(path)


def bent(name, value):
    """Return a change that replaces an array."""
    return lambda header, arrays: arrays.update({name: value})


DAMAGE = {
    "no class": lambda header, arrays: header.update({"class": "Popen"}),
    "no W": lambda header, arrays: arrays.pop("W_"),
    "no parameters": lambda header, arrays: header.pop("parameters"),
    "unknown parameter": lambda header, arrays: header["parameters"].update(colour="red"),
    "unknown kind": lambda header, arrays: header["parameters"].update(reg={"kind": "eval"}),
    "W too small": bent("W_", np.ones((4, 2))),
    "W of integers": bent("W_", np.ones((4, 3), int)),
    "W of text": bent("W_", np.full((4, 3), "a")),
    "b too long": bent("b_", np.ones(4)),
    "b of another dtype": bent("b_", np.ones(3, np.float32)),
    "too few classes": bent("classes_", np.arange(2)),
    "history too short": bent("history/epoch", np.arange(2)),
    "wrong generator": lambda header, arrays: header["parameters"].update(
        rng={"kind": "Generator", "state": {"bit_generator": "system"}}
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_model_whose_parts_do_not_fit_is_called_damaged(damage, path):
    fitted().save(path)
    rewritten(path, DAMAGE[damage])
    with pytest.raises(ValueError, match=r"is a damaged linclf model.*save the model again"):
        linclf.load(path)


def test_every_truncation_and_many_flipped_bytes_give_an_error_or_the_model(path):
    fitted(epochs=1).save(path)
    content = path.read_bytes()
    bits = np.random.default_rng(1)
    variants = [content[:end] for end in range(0, len(content), 97)]
    for place in bits.integers(len(content), size=300):
        flipped = bytearray(content)
        flipped[place] ^= 1 << int(bits.integers(8))
        variants.append(bytes(flipped))
    for variant in variants:
        path.write_bytes(variant)
        with contextlib.suppress(ValueError):
            linclf.load(path).predict(X)
