"""What this installation is made of, and whether it computes what it should."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, overload

import numpy as np

from linclf import _linclf
from linclf.gradcheck import check_gradient
from linclf.losses import Loss, loss_and_grad, loss_value, softmax_loss, svm_loss

# Scores of a cat, a car and a frog, each with its class, of the CS231n lectures.
_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
_LABELS = np.array([0, 1, 2])


@overload
def show_config(mode: Literal["stdout"] = ...) -> None: ...
@overload
def show_config(mode: Literal["dict"]) -> dict[str, str]: ...
def show_config(mode: str = "stdout") -> dict[str, str] | None:
    """Tell version, compiler, CPU level, threads, and where the extension was loaded from.

    Parameters
    ----------
    mode : {"stdout", "dict"}
        Print it, or return it.

    Returns
    -------
    dict of str, or None if printed

    Raises
    ------
    ValueError
        If `mode` is neither.

    Examples
    --------
    >>> linclf.show_config("dict")["linclf"] == linclf.__version__
    True
    """
    if mode not in ("stdout", "dict"):
        raise ValueError(f"mode is {mode!r}; it must be 'stdout' or 'dict'")
    build = _linclf.build_info()
    config = {
        "linclf": _linclf.__version__,
        "extension": str(_linclf.__file__),
        "compiler": build.get("compiler", "unknown"),
        "flags": build.get("flags", "unknown"),
        "build type": build.get("build_type", "unknown"),
        "CPU level": f"{_linclf.isa()} (usable: {', '.join(_linclf.isas())})",
        "threads": str(_linclf.default_threads()),
        "NumPy": np.__version__,
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
    }
    if mode == "dict":
        return config
    width = max(map(len, config))
    for name, value in config.items():
        print(f"{name:<{width}}  {value}")
    return None


class Check(NamedTuple):
    """One finding of `self_test`."""

    name: str
    passed: bool
    detail: str


def self_test() -> list[Check]:
    """Compute a few known answers with the extension as it is installed here.

    Returns
    -------
    list of Check
        Name, whether it passed, and what was found. Nothing is raised.

    Examples
    --------
    >>> all(check.passed for check in linclf.self_test())
    True
    """
    found = []
    for name, test in _TESTS.items():
        try:
            passed, detail = test()
        except Exception as error:  # a broken build may raise anything
            passed, detail = False, f"{type(error).__name__}: {error}"
        found.append(Check(name, bool(passed), detail))
    return found


def _hinge_of_the_lecture() -> tuple[bool, str]:
    rows = [svm_loss(_SCORES[i : i + 1], np.eye(1), _LABELS[i : i + 1])[0] for i in range(3)]
    mean, dW = svm_loss(_SCORES, np.eye(3), _LABELS)
    gradient = np.array([[-1, 1, 0], [0, 0, 0], [1, 1, -2]]) / 3
    right = np.allclose([*rows, mean], [2.9, 0.0, 12.9, 15.8 / 3]) and np.allclose(dW, gradient)
    return right, f"{', '.join(f'{row:.6g}' for row in rows)}; mean {mean:.6f}"


def _softmax_of_the_lecture() -> tuple[bool, str]:
    value = softmax_loss(_SCORES[:1], np.eye(1), _LABELS[:1])[0]
    return bool(np.isclose(value, 2.0403551, atol=1e-7)), f"{value:.6f}"


def _losses_at_zero() -> tuple[bool, str]:
    X, y, W = np.ones((4, 3)), np.arange(4), np.zeros((3, 10))
    hinge, softmax = loss_value("hinge", W, X, y), loss_value("softmax", W, X, y)
    return bool(np.isclose(softmax, np.log(10)) and hinge == 9.0), f"{hinge:g} and {softmax:.6f}"


def _problem() -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal((300, 17)), rng.standard_normal((17, 5))
    return W, X, rng.integers(5, size=300)


def _gradients() -> tuple[bool, str]:
    checks = [check_gradient(loss, *_problem(), 0.1) for loss in Loss]
    worst = max(check.max_relative_error for check in checks)
    return all(checks), f"largest relative error {worst:.1e} over {len(checks)} losses"


def _same_bits() -> tuple[bool, str]:
    def bits() -> Iterator[tuple[float, bytes]]:
        for n_threads in (1, 2, 3, 7):
            value, dW = loss_and_grad("softmax", W, X, y, n_threads=n_threads)
            yield value, dW.tobytes()

    W, X, y = _problem()
    X, y = np.tile(X, (40, 1)), np.tile(y, 40)
    different = len(set(bits()))
    return different == 1, f"{different} result on 1, 2, 3 and 7 threads"


_TESTS: dict[str, Callable[[], tuple[bool, str]]] = {
    "hinge loss and gradient of the lecture's cat, car and frog": _hinge_of_the_lecture,
    "softmax loss of the lecture's cat": _softmax_of_the_lecture,
    "losses at W = 0 are C - 1 and log C": _losses_at_zero,
    "gradients agree with central differences": _gradients,
    "same bits for any number of threads": _same_bits,
}
