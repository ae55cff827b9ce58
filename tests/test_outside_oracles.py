"""PyTorch and scikit-learn as oracles that know nothing of this project."""

import linclf
import numpy as np
import pytest
from problems import draw
from reference import KAPPA, assert_close, objective


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


@pytest.fixture(scope="module")
def sklearn():
    return pytest.importorskip("sklearn", reason="scikit-learn is not installed")


def torch_answer(torch, problem, loss_of_scores):
    """Loss, dW and db by PyTorch's automatic differentiation."""
    W, b = (torch.tensor(array, requires_grad=True) for array in (problem.W, problem.b))
    value = loss_of_scores(torch.tensor(problem.X) @ W + b, torch.tensor(problem.y))
    value = value + problem.reg * (W**2).sum()
    value.backward()
    return value.item(), W.grad.numpy(), b.grad.numpy()


def assert_agree(loss, problem, other):
    """Assert a loss and gradients of somebody else against ours, by the oracle's majorants."""
    ours = linclf.loss_and_grad(loss, *problem.operands, **problem.options)
    exact = objective(loss, *problem.operands, **problem.options)
    sizes = (exact.loss_size, exact.dW_size, exact.db_size)
    for mine, theirs, size in zip(ours, other, sizes, strict=True):
        assert_close(mine, np.asarray(theirs, np.longdouble), 2 * size, problem.W.dtype)


@pytest.mark.parametrize("power", [1, 2])
def test_hinge_is_multi_margin_loss_times_the_number_of_classes(torch, dtype, power):
    for N, D, C in ((9, 5, 4), (64, 31, 10)):
        problem = draw(1, N, D, C, dtype, reg=0.1, b=True, delta=0.5)
        margin_loss = torch.nn.MultiMarginLoss(p=power, margin=0.5)
        other = torch_answer(torch, problem, lambda S, y, f=margin_loss, C=C: C * f(S, y))
        assert_agree("hinge" if power == 1 else "squared_hinge", problem, other)


def test_softmax_is_cross_entropy(torch, dtype):
    for N, D, C in ((9, 5, 4), (64, 31, 10)):
        problem = draw(2, N, D, C, dtype, reg=0.1, b=True)
        other = torch_answer(torch, problem, torch.nn.functional.cross_entropy)
        assert_agree("softmax", problem, other)


def test_target_probabilities_are_those_of_cross_entropy(torch, dtype):
    problem = draw(3, 9, 5, 4, dtype, reg=0.1, b=True)
    t = np.random.default_rng(1).dirichlet(np.ones(4), 9).astype(dtype)
    other = torch_answer(
        torch, problem.with_(y=t), lambda S, t: torch.nn.functional.cross_entropy(S, t)
    )
    assert_agree("softmax", problem.with_(y=t), other)


def test_one_vs_all_is_the_sum_of_binary_hinges(torch, dtype):
    problem = draw(4, 9, 5, 4, dtype, reg=0.1, b=True)

    def binary_hinges(S, y):
        t = 2 * torch.nn.functional.one_hot(y, S.shape[1]).to(S.dtype) - 1
        return torch.nn.functional.hinge_embedding_loss(S * t, -torch.ones_like(S)) * S.shape[1]

    assert_agree("one_vs_all", problem, torch_answer(torch, problem, binary_hinges))


def test_softmax_probabilities_are_those_of_pytorch(torch, dtype):
    S = (20 * np.random.default_rng(2).normal(size=(50, 17))).astype(dtype)
    theirs = torch.softmax(torch.tensor(S), dim=1).numpy()
    np.testing.assert_allclose(linclf.softmax(S), theirs, rtol=KAPPA * np.finfo(dtype).eps)


def test_sgd_steps_are_those_of_torch_optim(torch):
    """Plain, with momentum and with Nesterov: PyTorch's velocity is ours over minus the rate."""
    problem = draw(5, 40, 7, 4, b=True)
    for momentum, nesterov in ((0.0, False), (0.9, False), (0.9, True)):
        W, b = (torch.tensor(array, requires_grad=True) for array in (problem.W, problem.b))
        optimizer = torch.optim.SGD([W, b], lr=0.05, momentum=momentum, nesterov=nesterov)
        for _ in range(20):
            optimizer.zero_grad()
            scores = torch.tensor(problem.X) @ W + b
            torch.nn.functional.cross_entropy(scores, torch.tensor(problem.y)).backward()
            optimizer.step()
        ours = problem.W.copy(), problem.b.copy()
        linclf.gradient_descent(
            ours[0], problem.X, problem.y, loss="softmax", b=ours[1], learning_rate=0.05,
            max_steps=20, momentum=momentum, nesterov=nesterov,
        )  # fmt: skip
        for mine, theirs in zip(ours, (W, b), strict=True):
            bound = KAPPA * np.finfo(float).eps * 20
            np.testing.assert_allclose(mine, theirs.detach().numpy(), rtol=0, atol=bound)


def test_crammer_singer_is_the_hinge_loss_of_scikit_learn(sklearn):
    from sklearn.metrics import hinge_loss

    problem = draw(6, 60, 7, 5)
    S = linclf.scores(problem.W, problem.X)
    theirs = hinge_loss(problem.y, S, labels=range(5))
    exact = objective("crammer_singer", *problem.operands)
    ours, _ = linclf.loss_and_grad("crammer_singer", *problem.operands)
    assert_close(ours, np.longdouble(theirs), 2 * exact.loss_size, "float64")


def test_softmax_is_the_log_loss_of_scikit_learn(sklearn):
    from sklearn.metrics import log_loss

    problem = draw(7, 60, 7, 5)
    P = linclf.softmax(linclf.scores(problem.W, problem.X))
    ours, _ = linclf.softmax_loss(*problem.operands)
    exact = objective("softmax", *problem.operands)
    theirs = log_loss(problem.y, P, labels=range(5))
    assert_close(ours, np.longdouble(theirs), 2 * exact.loss_size, "float64")


def test_the_optimum_of_logistic_regression_is_a_zero_of_the_gradient(sklearn):
    """scikit-learn minimises C sum_i L_i + |W|^2 / 2, so lam = 1 / (2 C N)."""
    from sklearn.linear_model import LogisticRegression

    problem, strength = draw(8, 200, 7, 5, b=True), 0.3
    clf = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(problem.X, problem.y)
    _, dW, db = linclf.softmax_loss(
        clf.coef_.T, problem.X, problem.y, 1 / (2 * strength * 200), b=clf.intercept_
    )
    start = np.zeros_like(dW)
    _, dW_start = linclf.softmax_loss(start, problem.X, problem.y)
    assert np.linalg.norm(dW) < 1e-6 * np.linalg.norm(dW_start)
    assert np.linalg.norm(db) < 1e-6 * np.linalg.norm(dW_start)


def test_the_optimum_of_linear_svc_cannot_be_improved(sklearn):
    """Crammer and Singer's problem as liblinear solves it, without a bias."""
    from sklearn.svm import LinearSVC

    problem, strength = draw(9, 100, 7, 4), 0.1
    clf = LinearSVC(
        multi_class="crammer_singer", C=strength, fit_intercept=False, tol=1e-10, max_iter=100_000
    ).fit(problem.X, problem.y)
    reg = 1 / (2 * strength * 100)
    W = np.ascontiguousarray(clf.coef_.T)
    best, _ = linclf.loss_and_grad("crammer_singer", W, problem.X, problem.y, reg)
    rng = np.random.default_rng(3)
    for scale in (1e-1, 1e-3, 1e-5):
        for _ in range(50):
            other = W + scale * rng.normal(size=W.shape)
            value, _ = linclf.loss_and_grad("crammer_singer", other, problem.X, problem.y, reg)
            assert value >= best
