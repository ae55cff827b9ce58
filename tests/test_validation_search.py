"""The search over learning rate and reg that fills the courses' results dict."""

import pickle

import linclf
import numpy as np
import pytest
from linclf import L2

RATES, REGS = [1e-4, 1e-3, 1e-2], [0.0, 0.1]


@pytest.fixture(scope="module")
def data():
    X, y, X_val, y_val = linclf.datasets.digits(split="both")
    return X[:300].astype(float), y[:300], X_val[:100].astype(float), y_val[:100]


@pytest.fixture(scope="module")
def results(data):
    return linclf.validation_search(
        *data, learning_rates=RATES, regs=REGS, loss="hinge", max_steps=50, fit_intercept=False
    )


@pytest.mark.parametrize(("name", "course"), [("hinge", linclf.LinearSVM),
                                              ("softmax", linclf.Softmax)])  # fmt: skip
def test_it_is_the_loop_of_the_assignment(name, course, data):
    X, y, X_val, y_val = data
    expected, best, best_val = {}, None, -1
    for rate in RATES:
        for reg in REGS:
            clf = course()
            clf.train(X, y, learning_rate=rate, reg=reg, num_iters=50)
            val = np.mean(clf.predict(X_val) == y_val)
            expected[rate, reg] = np.mean(clf.predict(X) == y), val
            if val > best_val:
                best, best_val = clf, val
    found = linclf.validation_search(
        *data, learning_rates=RATES, regs=REGS, loss=name, max_steps=50, fit_intercept=False
    )
    assert found == expected
    assert list(found) == list(expected)
    np.testing.assert_array_equal(found.W, best.W)
    assert found[found.best][1] == found.best_accuracy == best_val
    assert found.b is None
    assert set(found.histories) == set(expected)
    assert all(len(history) == 50 for history in found.histories.values())


def test_the_results_are_a_plain_dict_to_everybody_else(results):
    assert isinstance(results, dict)
    assert all(isinstance(part, float) for key in results for part in (*key, *results[key]))
    copy = pickle.loads(pickle.dumps(results))
    assert copy == results
    assert copy.best == results.best


def test_a_diverged_run_is_nan_and_never_the_best(data):
    found = linclf.validation_search(
        *data, learning_rates=[1e-5, 1e3], regs=[1.0], loss="squared_hinge", max_steps=200
    )
    assert np.isnan(found[1e3, 1.0]).all()
    assert found.best == (1e-5, 1.0)
    assert "diverged" in repr(found)
    assert "diverged" in found._repr_html_()
    all_lost = linclf.validation_search(
        *data, learning_rates=[1e3], regs=[1.0], loss="squared_hinge", max_steps=200
    )
    assert all_lost.best is None
    assert np.isnan(all_lost.best_accuracy)
    assert all_lost.W is None
    assert "every run diverged" in repr(all_lost)
    assert "every run diverged" in all_lost._repr_html_()


def test_the_grid_reads_as_text_and_as_a_heat_map(results):
    text, html = repr(results), results._repr_html_()
    rate, reg = results.best
    assert f"at learning_rate={rate:g}, reg={reg:g}" in text
    assert len(text.splitlines()) == 2 + len(REGS)
    for _, val in results.values():
        assert f"{val:.3f}" in text
        assert f"{val:.3f}" in html
    assert html.count("<td") == 6
    assert html.count("<b>") == 1


def test_a_best_run_on_the_edge_is_told(data):
    found = linclf.validation_search(
        *data, learning_rates=[1e-6, 1e-5, 1e-4], regs=[0.0], max_steps=100
    )
    assert found.best[0] == 1e-4
    assert "it lies on the edge, so try larger learning rates" in repr(found)


def test_pairs_can_be_drawn_at_random(data):
    options = {"learning_rates": [1e-6, 1e-2], "regs": [0.0, 1e-4, 1e-1], "max_steps": 5}
    found = linclf.validation_search(*data, **options, n_random=20)
    rates, regs = np.array(list(found)).T
    assert len(found) == 20
    assert 1e-6 <= rates.min() < 1e-5
    assert 1e-3 < rates.max() <= 1e-2
    assert 1e-4 <= regs.min() < regs.max() <= 1e-1
    assert found == linclf.validation_search(*data, **options, n_random=20)
    assert "and 5 more" in repr(found)
    assert "<table>" in found._repr_html_()
    bare = linclf.validation_search(*data, **options | {"regs": [0.0]}, n_random=3)
    assert {reg for _, reg in bare} == {0.0}


def test_labels_of_any_kind_and_a_bias(data):
    X, y, X_val, y_val = data
    names = np.array([f"digit {k}" for k in range(10)])
    options = {"learning_rates": [1e-3], "regs": [0.01], "max_steps": 100}
    found = linclf.validation_search(X, names[y], X_val, names[y_val], **options)
    assert found == linclf.validation_search(*data, **options)
    assert found.classes.tolist() == names.tolist()
    predicted = found.classes[linclf.predict(found.W, X_val, b=found.b)]
    assert np.mean(predicted == names[y_val]) == found.best_accuracy > 0.8


def test_without_learning_rates_it_takes_what_the_data_bears(data):
    found = linclf.validation_search(*data, regs=[0.0], max_steps=100)
    assert len(found) == 4
    assert found.best_accuracy > 0.85


def test_a_training_of_ones_own(data):
    X, y, X_val, y_val = data
    made = []

    def train(rate, reg):
        if rate > 1:
            clf = linclf.LinearClassifier("squared_hinge", learning_rate=1e6, epochs=50)
            return clf.fit(X, y)
        clf = linclf.LinearClassifier(learning_rate=rate, reg=L2(reg), epochs=1)
        made.append(clf.fit(X, y))
        return clf

    found = linclf.validation_search(*data, learning_rates=[1e-5, 1e-3, 2], regs=[0], train=train)
    assert found[1e-3, 0] == (made[1].score(X, y), made[1].score(X_val, y_val))
    assert np.isnan(found[2.0, 0]).all()
    assert found.classifier is max(made, key=lambda clf: clf.score(X_val, y_val))
    with pytest.raises(TypeError, match="train returned a NoneType"):
        linclf.validation_search(*data, learning_rates=[1], regs=[0], train=lambda rate, reg: None)


def test_progress_is_shown_where_it_is_asked_for(data, capsys):
    linclf.validation_search(*data, learning_rates=[1e-3], max_steps=2, progress=True)
    assert "validation search step 4/4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rates": []}, "learning_rates must hold at least one number"),
        ({"learning_rates": [0.0]}, "all above 0"),
        ({"regs": []}, "regs is empty"),
        ({"regs": [-1.0]}, r"regs\[0\] is -1"),
        ({"n_random": 0}, "n_random is 0"),
        ({"loss": "mse"}, "mse"),
        ({"scale": -1}, "scale is -1"),
    ],
)
def test_what_does_not_fit_is_said(options, message, data):
    with pytest.raises(ValueError, match=message):
        linclf.validation_search(*data, **{"learning_rates": [1e-3], "max_steps": 1} | options)


def test_validation_data_must_fit(data):
    X, y, X_val, y_val = data
    with pytest.raises(ValueError, match="X_val has 63 features, but X has 64"):
        linclf.validation_search(X, y, X_val[:, 1:], y_val)
    with pytest.raises(ValueError, match=r"y_val\[0\] is 19, a label that y does not have"):
        linclf.validation_search(X, y, X_val, y_val + 12)


def test_pixels_are_centred_on_the_fly(data):
    X, y, X_val, y_val = data
    mean = X.mean(axis=0)
    options = {"learning_rates": [1e-3], "regs": [0.01], "max_steps": 50}
    found = linclf.validation_search(
        X.astype(np.uint8), y, X_val.astype(np.uint8), y_val, center=mean, **options
    )
    assert found == linclf.validation_search(X - mean, y, X_val - mean, y_val, **options)


def test_a_column_of_ones_beside_a_bias_is_told(data):
    X, y, X_val, y_val = (np.hstack([part, np.ones((len(part), 1))]) if part.ndim == 2 else part
                          for part in data)  # fmt: skip
    options = {"learning_rates": [1e-3], "regs": [0.01], "max_steps": 1}
    with pytest.warns(UserWarning, match="fit_intercept=True adds a bias as well"):
        linclf.validation_search(X, y, X_val, y_val, **options)
    with pytest.warns(UserWarning, match="fit_intercept=True adds a bias as well"):
        linclf.sanity.learning_rate_sweep("hinge", X, y, max_steps=1)
    linclf.validation_search(X, y, X_val, y_val, fit_intercept=False, **options)
