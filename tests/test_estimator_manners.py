"""`LinearClassifier` as an object: what it prints, its parameters, copies, company."""

import copy
import pickle

import linclf
import numpy as np
import pytest
from linclf import LinearClassifier
from processes import run

FAST = {"epochs": 5, "rng": 3}


@pytest.fixture
def blobs():
    """Three classes in the plane that a line separates nearly."""
    rng = np.random.default_rng(5)
    y = np.arange(90) % 3
    return rng.normal(size=(90, 2)) + 3 * np.eye(3, 2)[y], y


# --------------------------------------------------------------------------- what it tells


def test_verbose_2_prints_a_line_for_every_epoch(blobs, capsys):
    X, y = blobs
    LinearClassifier(verbose=2, epochs=12).fit(X, y, eval_set=(X, y))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert lines[0].startswith("epoch  1/12: loss 1.098612, validation loss ")
    assert ", accuracy " in lines[-1]


def test_by_default_a_fit_is_silent(blobs, capfd):
    LinearClassifier().fit(*blobs)
    assert capfd.readouterr() == ("", "")


def test_verbose_1_shows_a_progress_line_and_progress_takes_tqdm_likes(blobs, capsys):
    class Bar:
        done = 0

        def __init__(self, total, **options):
            self.total = total

        def update(self, n):
            Bar.done += n

        def close(self):
            assert Bar.done == self.total

    LinearClassifier(progress=Bar, **FAST).fit(*blobs)
    assert Bar.done == 5


def test_a_column_of_ones_next_to_an_intercept_is_pointed_out(blobs):
    X, y = np.column_stack([blobs[0], np.ones(90)]), blobs[1]
    with pytest.warns(UserWarning, match=r"X\[:, 2\] is 1 in every row.*fit_intercept=False") as w:
        LinearClassifier(**FAST).fit(X, y)
    assert w[0].filename == __file__
    LinearClassifier(fit_intercept=False, **FAST).fit(X, y)
    X[50, 2] = 0
    LinearClassifier(**FAST).fit(X, y)


def test_the_representation_names_what_differs_from_the_defaults():
    assert repr(LinearClassifier()) == "LinearClassifier()"
    clf = LinearClassifier("hinge", reg=linclf.L1(0.1), center=np.zeros(3), epochs=7)
    text = repr(clf)
    assert text.startswith("LinearClassifier(loss='hinge', reg=L1(lam=0.1), epochs=7, center=")
    assert "array of shape (3,)" in text


def test_in_a_notebook_it_is_a_card_and_falls_back_to_text(blobs, monkeypatch):
    clf = LinearClassifier(**FAST).fit(*blobs)
    assert "LinearClassifier" in clf._repr_html_()
    monkeypatch.setattr("linclf.display.classifier_html", lambda clf: 1 / 0)
    assert clf._repr_html_() is None


# --------------------------------------------------------------------------- parameters and copies


def test_parameters_are_set_by_name_all_or_none():
    clf = LinearClassifier()
    assert clf.set_params(loss="hinge", reg=0.5) is clf
    assert clf.get_params()["reg"] == 0.5
    with pytest.raises(ValueError, match=r"Invalid parameter 'regs'.*did you mean 'reg'"):
        clf.set_params(loss="softmax", regs=1.0)
    assert clf.loss == "hinge"


@pytest.mark.parametrize("how", [copy.deepcopy, lambda clf: pickle.loads(pickle.dumps(clf))])
def test_copies_answer_the_same_and_train_on_alike(how, blobs):
    X, y = blobs
    clf = LinearClassifier().partial_fit(X, y, classes=[0, 1, 2])
    twin = how(clf)
    for either in (clf, twin):
        either.partial_fit(X[::2], y[::2])
    np.testing.assert_array_equal(clf.W_, twin.W_)
    np.testing.assert_array_equal(clf.history_.loss, twin.history_.loss)
    assert repr(twin) == repr(clf)


def test_before_fit_there_is_an_error_that_is_a_value_error_and_an_attribute_error(blobs):
    clf = LinearClassifier()
    for use in (clf.predict, clf.decision_function, clf.predict_proba, clf.predict_log_proba):
        with pytest.raises(ValueError, match="is not fitted yet; call fit") as caught:
            use(blobs[0])
        assert isinstance(caught.value, AttributeError)
    for name in ("coef_", "intercept_", "n_iter_", "loss_curve_", "classes_", "n_features_in_"):
        assert not hasattr(clf, name)


# --------------------------------------------------------------------------- with scikit-learn


def test_it_works_without_scikit_learn_and_never_imports_it():
    script = """
        import sys
        sys.modules["sklearn"] = None  # importing it is an error
        import linclf
        clf = linclf.LinearClassifier(epochs=2)
        try:
            clf.predict([[1.0]])
        except linclf._estimator.NotFittedError:
            print("own error")
        clf.fit([[0.0], [1.0]], ["a", "b"])
        print(clf, clf.predict([[2.0]]), [m for m in sys.modules if m.startswith("sklearn.")])
    """
    assert run(script).splitlines() == ["own error", "LinearClassifier(epochs=2) ['b'] []"]


def test_it_works_in_pipelines_grids_and_ensembles():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    from sklearn.base import clone, is_classifier
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.exceptions import NotFittedError
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = linclf.datasets.digits(dtype=float)
    X, y = X[:300], y[:300]
    clf = LinearClassifier(epochs=10, rng=np.random.default_rng(0))
    assert is_classifier(clf)
    assert clone(clf).rng is not clf.rng
    with pytest.raises(NotFittedError):
        clone(clf).predict(X)
    assert cross_val_score(clf, X, y, cv=3, scoring="neg_log_loss").mean() > -np.log(10)
    pipeline = make_pipeline(StandardScaler(), LinearClassifier("hinge", epochs=10))
    grid = {"linearclassifier__reg": [1e-3, 100.0]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.best_params_ == {"linearclassifier__reg": 1e-3}
    assert search.best_score_ > 0.8
    assert CalibratedClassifierCV(pipeline, cv=3).fit(X, y).predict_proba(X).shape == (300, 10)
