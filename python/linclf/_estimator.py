"""What scikit-learn expects of an estimator, without importing scikit-learn.

scikit-learn never asks for a base class, only for behaviour: parameters that are stored as they
are given, ``get_params``, ``set_params``, tags, and its own exception classes. The tags are built
inside `__sklearn_tags__`, which only scikit-learn calls. An exception class of scikit-learn is
used when the module that defines it is loaded already; otherwise ours of the same name is.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
import warnings
from itertools import count
from typing import Any, Self

import numpy as np


class NotFittedError(ValueError, AttributeError):
    """An estimator was used before it was fitted."""


class DataConversionWarning(UserWarning):
    """An input was used in another shape than it was given in."""


class ConvergenceWarning(UserWarning):
    """A solver was stopped before it had proved that it is near the minimum."""


def sklearn_class(own: type[Any]) -> type[Any]:
    """Return the exception class of this name from scikit-learn if that is loaded, else `own`.

    So ``except sklearn.exceptions.NotFittedError`` works where somebody can write it, and
    everywhere else the bases of `own` do.
    """
    return getattr(sys.modules.get("sklearn.exceptions"), own.__name__, own)


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside this package that called it."""
    for level in count(1):
        if sys._getframe(level).f_globals.get("__name__", "").partition(".")[0] != "linclf":
            warnings.warn(message, category, stacklevel=level + 1)
            return


class Estimator:
    """Parameters, representation and tags of a classifier.

    A subclass lists its parameters in ``__init__`` and stores each under its own name, unchanged;
    it sets ``W_`` when it is fitted.
    """

    _estimator_type = "classifier"  # asked for by scikit-learn before 1.6
    rng: Any

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        parameters = inspect.signature(cls).parameters.values()
        return {parameter.name: parameter.default for parameter in parameters}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name; `deep` changes nothing, no parameter is an estimator."""
        return {name: getattr(self, name) for name in self._defaults()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name and return the estimator.

        Raises
        ------
        ValueError
            If there is no parameter of that name; then none is set.
        """
        known = self._defaults()
        for name in params:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise ValueError(
                    f"Invalid parameter {name!r} for {type(self).__name__}{hint} "
                    f"Valid parameters are: {', '.join(known)}."
                )
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """Return the constructor call: the parameters that differ from their defaults."""
        changed = [
            f"{name}={_short(getattr(self, name, default))}"
            for name, default in self._defaults().items()
            if not _same(getattr(self, name, default), default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def _repr_html_(self) -> str | None:
        """Return a card for notebooks, or None: then they show the text instead."""
        from linclf.display import classifier_html

        try:
            return classifier_html(self)
        except Exception:  # a picture that fails must not hide the object
            return None

    def __sklearn_tags__(self) -> Any:
        """Return the tags; called by scikit-learn 1.6 and newer."""
        utils = importlib.import_module("sklearn.utils")
        return utils.Tags(
            estimator_type="classifier",
            target_tags=utils.TargetTags(required=True),
            classifier_tags=utils.ClassifierTags(),
            input_tags=utils.InputTags(),
            non_deterministic=self.rng is None,
        )

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there are weights."""
        return "W_" in vars(self)

    def _require_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            name = type(self).__name__
            raise sklearn_class(NotFittedError)(
                f"This {name} instance is not fitted yet; call fit(X, y) before using it."
            )


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value is default
    try:
        return bool(value is default or (type(value) is type(default) and value == default))
    except (TypeError, ValueError):  # compares by element, as frames and nested arrays do
        return False


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} array of shape {value.shape}>"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
