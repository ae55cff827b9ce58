"""Linear classifiers as the courses teach them, with a C core: public names, nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from linclf._linclf import __version__
from linclf.losses import (
    Loss,
    loss_and_grad,
    loss_value,
    predict,
    scores,
    softmax,
    softmax_loss,
    svm_loss,
)
from linclf.penalties import L1, L2, ElasticNet

if TYPE_CHECKING:
    from linclf import conventions, datasets, plot, schedules
    from linclf.classifiers import LinearClassifier
    from linclf.config import self_test, show_config
    from linclf.course_classes import LinearSVM, Softmax
    from linclf.explanation import Explanation, explain
    from linclf.gradcheck import GradientCheck, check_gradient, numerical_gradient
    from linclf.history import FitState, History
    from linclf.optimize import (
        DivergenceError,
        gradient_descent,
        random_search,
        sgd,
        sgd_step,
        stable_learning_rate,
    )
    from linclf.persist import load

__all__ = [
    "L1",
    "L2",
    "DivergenceError",
    "ElasticNet",
    "Explanation",
    "FitState",
    "GradientCheck",
    "History",
    "LinearClassifier",
    "LinearSVM",
    "Loss",
    "Softmax",
    "__version__",
    "check_gradient",
    "conventions",
    "datasets",
    "explain",
    "gradient_descent",
    "load",
    "loss_and_grad",
    "loss_value",
    "numerical_gradient",
    "plot",
    "predict",
    "random_search",
    "schedules",
    "scores",
    "self_test",
    "sgd",
    "sgd_step",
    "show_config",
    "softmax",
    "softmax_loss",
    "stable_learning_rate",
    "svm_loss",
]

# Imported at first use, so that `import linclf` stays light: module -> names that it has.
_LAZY = {
    "linclf.classifiers": ("LinearClassifier",),
    "linclf.config": ("self_test", "show_config"),
    "linclf.conventions": ("conventions",),
    "linclf.course_classes": ("LinearSVM", "Softmax"),
    "linclf.datasets": ("datasets",),
    "linclf.explanation": ("Explanation", "explain"),
    "linclf.gradcheck": ("GradientCheck", "check_gradient", "numerical_gradient"),
    "linclf.history": ("FitState", "History"),
    "linclf.optimize": (
        "DivergenceError",
        "gradient_descent",
        "random_search",
        "sgd",
        "sgd_step",
        "stable_learning_rate",
    ),
    "linclf.persist": ("load",),
    "linclf.plot": ("plot",),
    "linclf.schedules": ("schedules",),
}


def __getattr__(name: str) -> Any:
    for module_name, names in _LAZY.items():
        if name in names:
            module = import_module(module_name)
            value = globals()[name] = getattr(module, name, module)
            return value
    raise AttributeError(f"module 'linclf' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
