"""The solvers that prove something: near the true minimum, and what they claim is true."""

import copy
import math
import pickle
import re
import sys
import warnings

import linclf
import numpy as np
import pytest
from linclf import L1, L2, ElasticNet, LinearClassifier, Loss, _estimator
from linclf.bundle import best_mixture
from linclf.certificate import Bound, certificate_of
from linclf.problem import Problem
from processes import run
from reference import KAPPA, WIDE, objective, tolerance

pytest.importorskip("scipy", reason="SciPy is not installed: pip install 'linclf[scipy]'")

SMOOTH = ("softmax", "squared_hinge")
EPS = np.finfo(float).eps
LBFGS = [(loss, "lbfgs", bias) for loss in SMOOTH for bias in (False, True)]
BUNDLE = [(str(loss), "bundle", False) for loss in Loss]
EACH = pytest.mark.parametrize(("loss", "solver", "bias"), LBFGS + BUNDLE)


@pytest.fixture(scope="module")
def blobs():
    """Four overlapping classes of different sizes, far from the origin."""
    rng = np.random.default_rng(11)
    y = np.sort(rng.integers(4, size=150) * rng.integers(1, 3, size=150) % 4)
    X = rng.normal(size=(150, 3)) + 1.5 * np.eye(4, 3)[y] + (3.0, -1.0, 0.0)
    return X, y


def fitted(data, loss, solver, bias, **parameters):
    """A classifier that shall converge."""
    options = {"reg": 0.02, "tol": 1e-6, "epochs": 5000} | parameters
    clf = LinearClassifier(loss, solver=solver, fit_intercept=bias, **options).fit(*data)
    assert clf.converged_
    return clf


def exact(clf, data, W=None, b=None):
    """The objective of a classifier by the oracle, in the widest float."""
    W, b = (clf.W_, clf.b_) if W is None else (W, b)
    options = {"b": b, "delta": clf.delta, "center": clf.center_}
    return objective(clf.loss, W, *data, clf.reg, **options)


# --------------------------------------------------------------------------- the right solution


def newton(loss, X, y, lam, bias):
    """Minimise a smooth loss by Newton's method on the oracle; return the lowest objective."""
    D, C = X.shape[1], y.max() + 1
    size = D * C + bias * C

    def answer(x):
        b = x[D * C :] if bias else None
        found = objective(loss, x[: D * C].reshape(D, C), X, y, lam, b=b)
        gradient = found.dW.ravel()
        return found.loss, np.append(gradient, found.db) if bias else gradient

    x, step = np.zeros(size, WIDE), WIDE(1e-5)
    for _ in range(60):
        value, g = answer(x)
        if np.linalg.norm(g) < 1e-13:
            break
        H = np.array([(answer(x + step * e)[1] - answer(x - step * e)[1]) / (2 * step)
                      for e in np.eye(size)]).astype(float)  # fmt: skip
        d = np.linalg.lstsq((H + H.T) / 2, -g.astype(float), rcond=1e-10)[0]
        t = 1.0
        while answer(x + t * d)[0] > value and t > 1e-9:
            t /= 2
        x = x + t * d
    assert np.linalg.norm(answer(x)[1]) < 1e-9
    return answer(x)[0]


@pytest.mark.parametrize(("loss", "solver", "bias"), LBFGS + BUNDLE[1:2] + BUNDLE[-1:])
def test_the_objective_is_that_of_newtons_method_on_the_oracle(loss, solver, bias, blobs):
    clf = fitted(blobs, loss, solver, bias)
    lowest = newton(loss, *blobs, clf.reg, bias)
    found = exact(clf, blobs)
    assert abs(clf.objective_ - found.loss) <= tolerance("float64", found.loss_size)
    excess = float(found.loss - lowest)
    assert -1e-12 <= excess <= 1e-6 * float(lowest)
    assert excess <= clf.gap_ + tolerance("float64", found.loss_size)


def test_lbfgs_finds_the_weights_of_scikit_learn(blobs):
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = blobs
    for bias in (False, True):
        ours = fitted(blobs, "softmax", "lbfgs", bias, tol=1e-12 if not bias else 1e-8)
        theirs = linear_model.LogisticRegression(
            C=1 / (2 * ours.reg * len(X)), fit_intercept=bias, tol=1e-10, max_iter=10_000
        ).fit(X, y)
        # f is within tol * f of the minimum, and l2 * |W - W*|^2 is no more than that.
        near = 2 * math.sqrt(ours.gap_ / ours.reg) + 1e-6
        assert np.linalg.norm(ours.coef_ - theirs.coef_) <= near
        assert near < 1e-2


def test_bundle_finds_the_minimum_of_liblinear(blobs):
    svm = pytest.importorskip("sklearn.svm")
    X, y = blobs
    ours = fitted(blobs, "crammer_singer", "bundle", False)
    theirs = svm.LinearSVC(
        multi_class="crammer_singer", C=1 / (2 * ours.reg * len(X)), fit_intercept=False,
        tol=1e-10, max_iter=1_000_000,
    ).fit(X, y)  # fmt: skip
    other = float(exact(ours, blobs, theirs.coef_.T, None).loss)
    assert abs(ours.objective_ - other) <= 2e-6 * other


@pytest.mark.parametrize("loss", ["hinge", "one_vs_all"])
def test_bundle_finds_the_minimum_of_the_dual(loss, blobs):
    """Any point of the dual bounds the minimum from below; SciPy looks for the best of them.

    The loss of a row is the maximum over P in a box of ``sum P * (s_j - s_y + delta)`` (hinge) or
    ``sum P * (delta -+ s_j)`` (one_vs_all), so the minimum over W is that of a parabola.
    """
    from scipy.optimize import minimize

    X, y = blobs
    N, C, lam = len(X), 4, 0.02
    Y = np.eye(C)[y]

    def negative_dual(p):
        P = p.reshape(N, C)
        if loss == "hinge":
            S = P * (1 - Y)
            S = S - Y * S.sum(axis=1, keepdims=True)  # derivative by the scores
        else:
            S = P * (1 - 2 * Y)
        G = X.T @ S / N
        gain = (P * (1 - Y)).sum() / N if loss == "hinge" else P.sum() / N
        by_S = X @ G / (2 * lam * N)
        if loss == "hinge":
            by_P = (by_S - (by_S * Y).sum(axis=1, keepdims=True) - 1 / N) * (1 - Y)
        else:
            by_P = by_S * (1 - 2 * Y) - 1 / N
        return (G**2).sum() / (4 * lam) - gain, by_P.ravel()

    options = {"maxiter": 5000, "maxfun": 10**6, "ftol": 0.0, "gtol": 1e-9}
    box = [(0.0, 1.0)] * (N * C)
    done = minimize(
        negative_dual, np.zeros(N * C), jac=True, bounds=box, method="L-BFGS-B", options=options
    )
    ours = fitted(blobs, loss, "bundle", False, reg=lam)
    found, lower = float(exact(ours, blobs).loss), -done.fun
    assert lower <= found * (1 + 1e-12)
    assert found - lower <= 2e-5 * found


# --------------------------------------------------------------------------- the certificate


@EACH
def test_the_certificate_is_true_all_along(loss, solver, bias, blobs):
    """Every gap on the way, not only the last one, covers what is missing to the minimum."""
    lowest = fitted(blobs, loss, solver, bias, tol=1e-7).objective_ * (1 - 1e-7)
    for epochs in (1, 2, 3, 5, 8, 13, 21):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clf = LinearClassifier(
                loss, solver=solver, fit_intercept=bias, reg=0.02, epochs=epochs, tol=1e-9
            ).fit(*blobs)
        assert 0 <= clf.gap_ <= clf.objective_
        assert clf.objective_ - clf.gap_ <= lowest * (1 + 2e-7)
        assert clf.n_iter_ <= epochs


@EACH
def test_converged_is_what_it_promises(loss, solver, bias, blobs):
    for tol in (0.3, 1e-2, 1e-4):
        clf = fitted(blobs, loss, solver, bias, tol=tol)
        assert clf.gap_ <= tol * clf.objective_
        assert clf.history_.stopped == "converged"
        known = clf.history_.manifest["certificate"]
        assert known["objective"] == clf.objective_
        assert (known["gap"], known["gradient_norm"]) == (clf.gap_, clf.gradient_norm_)
        assert "above the minimum" in repr(clf.history_)
        assert "above the minimum" in clf._repr_html_()


@pytest.mark.parametrize("loss", [str(loss) for loss in Loss])
@pytest.mark.parametrize("center", [None, "mean"])
def test_a_certificate_holds_for_any_weights(loss, center, blobs, rng):
    """By certificate(X, y), also for those of sgd and of chance; with and without a bias."""
    for bias in (False, True):
        lowest = np.inf
        clf = LinearClassifier(loss, reg=0.02, fit_intercept=bias, center=center)
        certificates = []
        for trial in range(12):
            clf.set_params(epochs=4**trial if trial < 6 else 1).fit(*blobs)
            if trial >= 6:
                clf.W_[...] = rng.normal(size=clf.W_.shape) * 2.0 ** (-trial)
            known = clf.certificate(*blobs)
            found = exact(clf, blobs)
            assert abs(known.objective - found.loss) <= tolerance("float64", found.loss_size)
            parts = [found.dW] if clf.b_ is None else [found.dW, found.db]
            norm = np.sqrt(sum((part**2).sum() for part in parts))
            assert known.gradient_norm == pytest.approx(float(norm), rel=1e-9)
            certificates.append(known)
            lowest = min(lowest, known.objective)
        for known in certificates:
            assert known.objective - known.gap <= lowest + 1e-12
        assert all(math.isinf(k.gap) == (bias and loss == "one_vs_all") for k in certificates)


def test_no_gap_is_claimed_where_none_is_known(blobs):
    X, y = blobs
    W, b = np.zeros((3, 4)), np.zeros(4)

    def gap(loss="softmax", labels=y, **options):
        return certificate_of(Problem(loss, W, X, labels, **options)).gap

    assert math.isinf(gap(reg=0.0))
    assert math.isinf(gap(reg=L1(0.1)))
    assert math.isfinite(gap(reg=ElasticNet(0.1, 1.0)))
    assert math.isfinite(gap(reg=0.1, b=b))
    assert math.isinf(gap(reg=0.1, b=b, labels=np.minimum(y, 2))), "nobody is in class 3"
    assert math.isinf(gap(reg=0.1, b=b, labels=np.full((150, 4), 0.25)))


def test_the_bound_is_the_formula():
    W = np.array([[0.5, -0.5], [0.0, 1.0]])
    problem = Problem("softmax", W, np.eye(2), np.array([0, 1]), 0.1)
    dW = np.array([[0.3, 0.0], [0.0, 0.4]])
    known = Bound(problem)(7.0, W, dW)
    assert known.gap == pytest.approx(0.25 / (4 * 0.1), rel=4 * EPS)
    assert known.gradient_norm == pytest.approx(0.5, rel=4 * EPS)
    assert Bound(problem)(0.1, W, dW).gap == 0.1, "no loss is negative"
    problem = Problem("softmax", W, 3 * np.eye(2), np.array([0, 1]), 0.1, b=np.zeros(2))
    db, b = np.array([1e-3, -1e-3]), np.array([2.0, -1.0])
    known = Bound(problem)(7.0, W, dW, b, db)
    # Scores (3.5, -2.5) and (2, 2): the first row could lose 6 more, the second as it is.
    e = 7.0
    for _ in range(5):
        e = 0.25 / 0.4 + 1e-3 * (7 * 2 + 6 + 3 * math.sqrt(2 * e / 0.1))
    assert known.gap == pytest.approx(e, rel=1e-12)


def test_the_gradient_norm_is_that_of_the_gradient(blobs):
    for bias in (False, True):
        clf = fitted(blobs, "softmax", "lbfgs", bias, tol=1e-2)
        value, *gradients = clf.loss_and_grad(*blobs)
        norm = math.sqrt(sum(float((g**2).sum()) for g in gradients))
        assert clf.objective_ == pytest.approx(value, rel=KAPPA * EPS)
        assert clf.gradient_norm_ == pytest.approx(norm, rel=1e-9)


def test_sgd_claims_nothing(blobs):
    clf = fitted(blobs, "softmax", "lbfgs", True)
    assert clf.converged_
    clf.set_params(solver="sgd", epochs=3).fit(*blobs)
    for name in ("converged_", "objective_", "gradient_norm_", "gap_"):
        assert not hasattr(clf, name)
    assert "minimum" not in repr(clf.history_)


def test_one_step_more_and_the_certificate_is_gone(blobs):
    clf = fitted(blobs, "softmax", "lbfgs", True).partial_fit(*blobs)
    assert not hasattr(clf, "gap_")
    assert "certificate" not in clf.history_.manifest


# --------------------------------------------------------------------------- cutting planes


def test_the_best_mixture_is_that_of_all_supports(rng):
    """Against every subset of the tangents, solved by itself."""
    for _ in range(20):
        G, c = rng.normal(size=(5, 3)), rng.normal(size=5)
        Q = G @ G.T
        a = best_mixture(Q, c, np.zeros(5))
        assert (a >= 0).all()
        assert a.sum() == pytest.approx(1, rel=4 * EPS)
        best = -np.inf
        for bits in range(1, 32):
            S = [i for i in range(5) if bits >> i & 1]
            K = np.block([[Q[np.ix_(S, S)], np.ones((len(S), 1))], [np.ones(len(S)), 0.0]])
            x = np.linalg.lstsq(K, np.append(c[S], 1.0), rcond=None)[0][:-1]
            if (x >= 0).all() and x.sum() == pytest.approx(1):
                best = max(best, c[S] @ x - x @ Q[np.ix_(S, S)] @ x / 2)
        assert c @ a - a @ Q @ a / 2 == pytest.approx(best, abs=1e-9)


def test_the_best_mixture_of_repeated_tangents_is_found():
    Q, c = np.ones((4, 4)), np.array([1.0, 2.0, 2.0, 2.0])
    a = best_mixture(Q, c, np.zeros(4))
    assert c @ a == pytest.approx(2.0)


def test_tangents_out_of_use_are_forgotten(monkeypatch, blobs):
    monkeypatch.setattr("linclf.bundle.UNUSED", 5)
    some = fitted(blobs, "hinge", "bundle", False, reg=1e-3, tol=1e-4)
    monkeypatch.setattr("linclf.bundle.UNUSED", 10**6)
    every = fitted(blobs, "hinge", "bundle", False, reg=1e-3, tol=1e-4)
    assert abs(some.objective_ - every.objective_) <= 1e-4 * every.objective_


def test_the_objective_of_the_bundle_never_rises(blobs):
    clf = fitted(blobs, "hinge", "bundle", False, reg=1e-3)
    assert (np.diff(clf.history_.loss) <= 0).all()
    assert clf.objective_ <= clf.history_.loss[-1]


def test_elastic_net_leaves_zeros_where_it_should(rng):
    """Columns of noise, against a penalty that is worth more than they are."""
    y = np.arange(200) % 2
    X = rng.normal(size=(200, 4)) * (1, 0.1, 0.1, 0.1) + np.outer(2 * y - 1, (2, 0, 0, 0))
    clf = fitted((X, y), "hinge", "bundle", False, reg=ElasticNet(0.05, 1.0), tol=1e-5)
    assert abs(clf.W_[1:]).max() < 1e-2 < abs(clf.W_[0]).min()


# --------------------------------------------------------------------------- manners


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"loss": "hinge", "solver": "lbfgs"}, "kinks; use solver='bundle'.*solver='sgd'"),
        ({"loss": "one_vs_all", "solver": "lbfgs"}, "loss='one_vs_all' has kinks"),
        ({"solver": "lbfgs", "reg": L1(0.1)}, r"reg=L1\(lam=0.1\) has kinks"),
        ({"solver": "lbfgs", "reg": ElasticNet(0.1, 1.0)}, "has kinks"),
        ({"loss": "hinge", "solver": "bundle"}, "append a column of ones.*solver='sgd'"),
        ({"solver": "bundle"}, "fit_intercept=False, or use solver='lbfgs'"),
        ({"solver": "bundle", "fit_intercept": False, "reg": 0.0}, "needs an L2 penalty"),
        ({"solver": "bundle", "fit_intercept": False, "reg": L1(0.1)}, "needs an L2 penalty"),
        ({"solver": "newton"}, "solver is 'newton'; it must be 'sgd', 'lbfgs', 'bundle'"),
        ({"solver": None}, "solver is None"),
        ({"solver": "lbfgs", "tol": -1.0}, "tol is -1.0"),
        ({"solver": "lbfgs", "epochs": 0}, "epochs is 0"),
        ({"solver": "lbfgs", "early_stopping": True}, r"pass fit\(X, y, eval_set="),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_can(parameters, message, blobs):
    clf = LinearClassifier(**parameters)
    with pytest.raises(ValueError, match=message):
        clf.fit(*blobs)
    assert not clf.__sklearn_is_fitted__()


@EACH
def test_the_same_bits_for_any_number_of_threads(loss, solver, bias):
    rng = np.random.default_rng(2)
    y = rng.integers(5, size=6000)
    X = (rng.normal(size=(6000, 60)) + np.eye(5, 60)[y]).astype("float32")
    bits = set()
    for n_threads in (1, 2, 3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clf = LinearClassifier(
                loss, solver=solver, fit_intercept=bias, epochs=8, tol=0.0, n_threads=n_threads
            ).fit(X, y)
        b = b"" if clf.b_ is None else clf.b_.tobytes()
        bits.add((clf.W_.tobytes(), b, clf.gap_, clf.history_.loss.tobytes()))
    assert len(bits) == 1


@EACH
@pytest.mark.parametrize("kind", ["float32", "uint8", "strided", "read-only"])
def test_data_is_read_as_it_is(kind, loss, solver, bias, blobs):
    X, y = np.round(8 * (blobs[0] - blobs[0].min())), blobs[1]
    plain = fitted((X, y), loss, solver, bias, reg=1.0, tol=1e-4)
    data = {
        "float32": lambda: X.astype("float32"),
        "uint8": lambda: X.astype("uint8"),
        "strided": lambda: np.repeat(X, 2, axis=0)[::2, ::-1][:, ::-1],
        "read-only": lambda: X.copy(),
    }[kind]()
    data.flags.writeable = False
    tol = 1e-2 if kind == "float32" else 1e-4  # the gradient by b has the rounding of X
    clf = fitted((data, y), loss, solver, bias, reg=1.0, tol=tol)
    assert clf.W_.dtype == (data.dtype if data.dtype.kind == "f" else np.float64)
    assert abs(clf.objective_ - plain.objective_) <= 2 * tol * plain.objective_
    assert clf.score(data, y) == pytest.approx(plain.score(X, y), abs=0.05)


def test_x_is_not_copied():
    script = """
        import tracemalloc
        import numpy as np
        from linclf import LinearClassifier
        rng = np.random.default_rng(0)
        X, y = rng.integers(255, size=(60_000, 100), dtype=np.uint8), np.arange(60_000) % 3
        for solver, loss in (("lbfgs", "softmax"), ("bundle", "hinge")):
            clf = LinearClassifier(
                loss, solver=solver, tol=0.9, epochs=3, reg=100.0, fit_intercept=solver == "lbfgs")
            clf.fit(X[:100], y[:100])
            tracemalloc.start()
            clf.fit(X, y)
            print(tracemalloc.get_traced_memory()[1] < 60_000 * 80)
            tracemalloc.stop()
    """
    assert run(script).split() == ["True", "True"]


@EACH
def test_an_interrupt_leaves_the_latest_iteration(loss, solver, bias, blobs):
    weights = []

    def stop_at_4(state):
        weights.append((state.W.copy(), None if state.b is None else state.b.copy()))
        assert state.step == state.epoch == len(weights)
        if state.step == 4:
            raise KeyboardInterrupt

    clf = LinearClassifier(loss, solver=solver, fit_intercept=bias, callback=stop_at_4, tol=1e-9)
    with pytest.raises(KeyboardInterrupt) as caught:
        clf.fit(*blobs)
    assert caught.value.history is clf.history_
    assert (clf.interrupted_, clf.history_.stopped, clf.n_iter_) == (True, "interrupted", 4)
    np.testing.assert_array_equal(clf.W_, weights[3][0])
    assert not clf.converged_
    assert clf.objective_ == pytest.approx(float(exact(clf, blobs).loss), rel=1e-12)
    assert clf.score(*blobs) > 0.2
    clf.set_params(callback=None, tol=0.1).fit(*blobs)
    assert not clf.interrupted_


@pytest.mark.parametrize("solver", ["lbfgs", "bundle"])
def test_ctrl_c_stops_it_soon(solver):
    script = """
        import signal, threading, time, warnings
        import numpy as np
        from linclf import LinearClassifier
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(20_000, 50)), np.arange(20_000) % 4
        clf = LinearClassifier("softmax", solver=SOLVER, reg=1e-9, tol=0.0, epochs=1_000_000,
                               fit_intercept=False)
        clf.fit(X[:20], y[:20]) if SOLVER == "never" else None
        threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT)).start()
        try:
            while True:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    clf.fit(X, y)
        except KeyboardInterrupt:
            print(len(clf.predict(X)))
    """
    assert run(script.replace("SOLVER", repr(solver))).split() == ["20000"]


def test_a_true_answer_of_the_callback_stops_it(blobs):
    clf = LinearClassifier(solver="lbfgs", tol=1e-9, callback=lambda state: state.step == 3)
    clf.fit(*blobs)
    assert (clf.n_iter_, clf.history_.stopped, clf.converged_) == (3, "callback", False)


def test_a_limit_that_is_met_is_warned_of_at_the_callers_line(blobs):
    clf = LinearClassifier(solver="lbfgs", epochs=2, tol=1e-6)
    with pytest.warns(UserWarning, match=r"not converged in 2 iterations.*Raise epochs=2") as w:
        clf.fit(*blobs)
    assert w[0].filename == __file__
    assert not clf.converged_
    assert clf.history_.stopped == "finished"
    exceptions = sys.modules.get("sklearn.exceptions")
    wanted = getattr(exceptions, "ConvergenceWarning", _estimator.ConvergenceWarning)
    assert w[0].category is wanted


def test_a_tolerance_below_rounding_is_told_from_a_limit(blobs):
    X, y = blobs
    with pytest.warns(UserWarning, match=r"Rounding hides.*float64"):
        LinearClassifier(solver="lbfgs", reg=0.02, tol=0.0).fit(X.astype("float32"), y)


def test_data_beyond_the_floats_is_no_warning_of_numpy(blobs):
    X, y = blobs
    for solver in ("lbfgs", "bundle"):
        clf = LinearClassifier("squared_hinge", solver=solver, fit_intercept=False)
        with pytest.raises(linclf.DivergenceError, match="Scale X to about unit size"):
            clf.fit(X * 1e300, y)


def test_an_eval_set_is_followed_and_stops_early(blobs):
    X, y = blobs
    odd = np.arange(len(y)) % 2 == 1
    clf = LinearClassifier(
        solver="lbfgs", reg=1e-6, tol=1e-12, early_stopping=True, patience=2
    ).fit(X[odd], y[odd], eval_set=(X[~odd], y[~odd]))
    history = clf.history_
    assert history.validation["step"].tolist() == list(range(1, clf.n_iter_ + 1))
    assert clf.loss_and_grad(X[~odd], y[~odd])[0] == history.validation["loss"].min()
    assert clf.objective_ == pytest.approx(clf.loss_and_grad(X[odd], y[odd])[0], rel=1e-12)
    assert not clf.converged_


def test_a_warm_start_goes_on_and_a_converged_one_is_done(blobs):
    for loss, solver, bias in (("softmax", "lbfgs", True), ("hinge", "bundle", False)):
        clf = fitted(blobs, loss, solver, bias, tol=1e-4, warm_start=True)
        steps, W = clf.n_iter_, clf.W_.copy()
        clf.set_params(tol=1e-2).fit(*blobs)
        if solver == "lbfgs":
            assert clf.n_iter_ == steps
            np.testing.assert_array_equal(clf.W_, W)
        clf.set_params(tol=1e-5).fit(*blobs)
        assert clf.converged_
        assert clf.n_iter_ > steps
        assert clf.history_.manifest["certificate"]["gap"] == clf.gap_


def test_one_class_is_solved_at_once():
    X, y = np.ones((5, 2)), np.zeros(5, int)
    clf = LinearClassifier("hinge", solver="bundle", fit_intercept=False).fit(X, y)
    assert (clf.n_iter_, clf.objective_, clf.gap_, clf.converged_) == (0, 0.0, 0.0, True)


def test_without_l2_the_gradient_decides(rng):
    y = rng.integers(3, size=300)
    X = rng.normal(size=(300, 2))  # nothing to learn, so the minimum is at finite weights
    clf = LinearClassifier(solver="lbfgs", reg=0.0, tol=1e-5).fit(X, y)
    assert math.isinf(clf.gap_)
    assert clf.converged_
    assert clf.history_.manifest["certificate"]["gap"] is None
    assert "gradient norm" in repr(clf.history_)
    _, dW, db = linclf.loss_and_grad("softmax", np.zeros((2, 3)), X, y, b=np.zeros(3))
    at_zero = math.hypot(np.linalg.norm(dW), np.linalg.norm(db))
    assert clf.gradient_norm_ <= 1e-5 * at_zero * (1 + 1e-9)


def test_copies_and_files_keep_the_certificate(blobs, tmp_path):
    for reg in (L2(0.02), 0.0):
        clf = fitted(blobs, "softmax", "lbfgs", True, reg=reg, tol=1e-3)
        clf.save(tmp_path / "model.npz")
        for twin in (
            pickle.loads(pickle.dumps(clf)),
            copy.deepcopy(clf),
            linclf.load(tmp_path / "model.npz"),
        ):
            assert (twin.converged_, twin.gap_) == (True, clf.gap_)
            assert (twin.objective_, twin.gradient_norm_) == (clf.objective_, clf.gradient_norm_)
            assert twin.get_params()["solver"] == "lbfgs"
            assert repr(twin.history_) == repr(clf.history_)


def test_without_scipy_it_says_what_to_install():
    script = """
        import sys
        sys.modules["scipy"] = None
        import linclf
        clf = linclf.LinearClassifier(solver="lbfgs")
        try:
            clf.fit([[0.0], [1.0]], [0, 1])
        except ImportError as error:
            print(error)
        print(clf.__sklearn_is_fitted__())
        clf = linclf.LinearClassifier("hinge", solver="bundle", fit_intercept=False)
        print(clf.fit([[-1.0], [1.0]], [0, 1]).converged_)
    """
    lines = run(script).splitlines()
    assert re.search(r"needs scipy.*pip install \"linclf\[scipy\]\"", lines[0])
    assert lines[1:] == ["False", "True"]
