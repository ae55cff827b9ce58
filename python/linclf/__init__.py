"""Linear classifiers as the courses teach them, with a C core: public names, nothing else.

PYTEST_DONT_REWRITE: pytest would warn whoever imports linclf before it, as notebooks do.
"""

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
    from linclf import (
        compat,
        conventions,
        course,
        datasets,
        diagnosis,
        mutants,
        plot,
        sanity,
        schedules,
    )
    from linclf.classifiers import LinearClassifier
    from linclf.comparison import Comparison, compare
    from linclf.config import self_test, show_config
    from linclf.course_classes import LinearSVM, Softmax
    from linclf.explanation import Explanation, explain
    from linclf.gradcheck import GradientCheck, check_gradient
    from linclf.history import FitState, History
    from linclf.landscape import loss_plane, loss_slice
    from linclf.numerical import numerical_gradient
    from linclf.optimize import (
        DivergenceError,
        gradient_descent,
        random_local_search,
        random_search,
        sgd,
        sgd_step,
        stable_learning_rate,
    )
    from linclf.persist import load
    from linclf.tuning import validation_search

__all__ = [
    "L1",
    "L2",
    "Comparison",
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
    "compare",
    "compat",
    "conventions",
    "course",
    "datasets",
    "diagnosis",
    "explain",
    "gradient_descent",
    "load",
    "loss_and_grad",
    "loss_plane",
    "loss_slice",
    "loss_value",
    "mutants",
    "numerical_gradient",
    "plot",
    "predict",
    "random_local_search",
    "random_search",
    "sanity",
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
    "validation_search",
]

# Imported at first use, so that `import linclf` stays light: module -> names that it has.
_LAZY = {
    "linclf.classifiers": ("LinearClassifier",),
    "linclf.comparison": ("Comparison", "compare"),
    "linclf.compat": ("compat",),
    "linclf.config": ("self_test", "show_config"),
    "linclf.conventions": ("conventions",),
    "linclf.course": ("course",),
    "linclf.course_classes": ("LinearSVM", "Softmax"),
    "linclf.datasets": ("datasets",),
    "linclf.diagnosis": ("diagnosis",),
    "linclf.explanation": ("Explanation", "explain"),
    "linclf.gradcheck": ("GradientCheck", "check_gradient"),
    "linclf.history": ("FitState", "History"),
    "linclf.landscape": ("loss_plane", "loss_slice"),
    "linclf.mutants": ("mutants",),
    "linclf.numerical": ("numerical_gradient",),
    "linclf.optimize": (
        "DivergenceError",
        "gradient_descent",
        "random_local_search",
        "random_search",
        "sgd",
        "sgd_step",
        "stable_learning_rate",
    ),
    "linclf.persist": ("load",),
    "linclf.plot": ("plot",),
    "linclf.sanity": ("sanity",),
    "linclf.schedules": ("schedules",),
    "linclf.tuning": ("validation_search",),
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
