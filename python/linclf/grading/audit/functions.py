"""Wrong and right functions for an item that is no comparison of a loss with cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.problems import LOSSES
from linclf.grading.audit.right import RIGHT
from linclf.grading.audit.wrong import wrong_functions
from linclf.losses import loss_and_grad, predict

if TYPE_CHECKING:
    from linclf.grading.rubric import FunctionSpec, Item

Function = Callable[..., Any]

_USUAL = {
    "own_gradient": ("W", "X", "y", "reg"),
    "predict": ("W", "X"),
    "sgd_step": ("W", "dW", "learning_rate"),
}

_PREDICT: dict[str, Function] = {
    "lowest": lambda W, X: predict(-W, X),
    "from_one": lambda W, X: predict(W, X) + 1,
    "two_columns": lambda W, X: predict(W, X)[:, None],
    "always_first": lambda W, X: np.zeros(len(X), np.int64),
    "first_feature_missing": lambda W, X: predict(W[1:], X[:, 1:]),
    "last_class_missing": lambda W, X: predict(W[:, :-1], X) if W.shape[1] > 2 else predict(-W, X),
    "magnitude": lambda W, X: np.abs(X @ W).argmax(axis=1),
}


def right_function(item: Item, spec: FunctionSpec | None) -> Function | None:
    """Return a right function, called as the rubric says; None if the core has none."""
    found: Function | None = None
    if item.check == "exercise":
        found = RIGHT.get(str(item.options.get("exercise", item.function)))
    elif item.check == "predict":
        found = lambda W, X: predict(W, X)  # noqa: E731
    elif item.check == "sgd_step":
        found = _returning(RIGHT["sgd_step"], spec)
    elif item.check == "own_gradient":
        loss = loss_of(item)
        found = lambda W, X, y, reg: loss_and_grad(loss, W, X, y, reg)  # noqa: E731
    elif item.check == "array":
        found = _looked_up(item)
    return None if found is None else _ordered(found, item, spec)


def wrong_functions_of(item: Item, spec: FunctionSpec | None) -> dict[str, Function]:
    """Return the known wrong functions by the name of the mistake, called as the rubric says."""
    found: dict[str, Function] = {}
    if item.check == "exercise":
        exercise = str(item.options.get("exercise", item.function))
        found = {one.id: one.function for one in wrong_functions(exercise)}
    elif item.check == "predict":
        found = _PREDICT
    elif item.check == "sgd_step":
        found = {
            one.id: _returning(one.function, spec)
            for one in wrong_functions("sgd_step")
            if _in_place(spec) or one.id not in ("step_local", "changes")
        }
    elif item.check == "array":
        found = _spoilt(item)
    return {name: _ordered(function, item, spec) for name, function in found.items()}


def loss_of(item: Item) -> str:
    """Return which loss an item is about."""
    return item.loss or LOSSES[item.function]


def _in_place(spec: FunctionSpec | None) -> bool:
    return spec is None or "W" in spec.may_mutate


def _returning(step: Function, spec: FunctionSpec | None) -> Function:
    """Return a step that is taken on a copy, if the rubric wants the new weights returned."""
    if _in_place(spec):
        return step

    def moved(W: Any, dW: Any, learning_rate: float) -> Any:
        W = W.copy()
        step(W, dW, learning_rate)
        return W

    return moved


def _ordered(function: Function, item: Item, spec: FunctionSpec | None) -> Function:
    """Return a function that takes its parameters in the order of the rubric."""
    usual = _USUAL.get(item.check, ())
    order = spec.params if spec is not None else usual
    if sorted(order) != sorted(usual) or tuple(order) == usual:
        return function

    def ordered(*operands: Any) -> Any:
        by_name = dict(zip(order, operands, strict=True))
        return function(*(by_name[name] for name in usual))

    return ordered


# --------------------------------------------------------------------------- tables


def _rows(item: Item) -> Sequence[Any]:
    rows: Sequence[Any] = item.options["table"]
    return rows


def _looked_up(item: Item) -> Function:
    """Return a function that finds its operands in the table of the rubric."""

    def looked_up(*operands: Any) -> Any:
        for row in _rows(item):
            args = [np.asarray(value) for value in row["args"]]
            if len(args) == len(operands) and all(map(np.array_equal, args, operands)):
                result = row["returns"]
                return np.asarray(result) if isinstance(result, list) else result
        raise ValueError("these operands are not in the table")

    return looked_up


def _spoilt(item: Item) -> dict[str, Function]:
    """Return what a function may get wrong of which nothing is known but a table."""
    right = _looked_up(item)
    first = _rows(item)[0]["returns"]
    found: dict[str, Function] = {
        "nothing": lambda *operands: None,
        "always_the_first": lambda *operands: (
            np.asarray(first) if isinstance(first, list) else first
        ),
        "operand_returned": lambda *operands: operands[0],
    }
    if not isinstance(first, str | bool):
        found |= {
            "sign": lambda *operands: -np.asarray(right(*operands))[()],
            "half": lambda *operands: np.asarray(right(*operands))[()] / 2,
            "one_more": lambda *operands: np.asarray(right(*operands))[()] + 1,
        }
    return found
