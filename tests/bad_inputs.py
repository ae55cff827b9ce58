"""Functions to call with bad inputs, and what a row of the table in bad_input_table.py is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import linclf
import numpy as np

Arguments = dict[str, object]
Spoil = Callable[[Arguments], Arguments]

N, D, C = 20, 4, 10


def arguments() -> Arguments:
    """Good arguments of every function, the outputs full of 55."""
    rng = np.random.default_rng(5)
    return {
        "loss": "softmax",
        "W": rng.normal(size=(D, C)),
        "X": rng.normal(size=(N, D)),
        "y": rng.integers(0, C, N),
        "reg": 0.1,
        "b": rng.normal(size=C),
        "delta": 1.0,
        "center": rng.normal(size=D),
        "dW": np.full((D, C), 55.0),
        "db": np.full(C, 55.0),
        "S": np.full((N, C), 55.0),
        "learning_rate": 0.1,
        "n_threads": 1,
        "h": 1e-6,
    }


def _loss_and_grad(a: Arguments) -> object:
    out = (a["dW"], a["db"]) if a["b"] is not None else a["dW"]
    return linclf.loss_and_grad(
        a["loss"], a["W"], a["X"], a["y"], a["reg"], b=a["b"], delta=a["delta"],
        center=a["center"], out=a.get("out", out), n_threads=a["n_threads"],
    )  # fmt: skip


def _loss_value(a: Arguments) -> object:
    return linclf.loss_value(
        a["loss"], a["W"], a["X"], a["y"], a["reg"], b=a["b"], delta=a["delta"],
        center=a["center"], n_threads=a["n_threads"],
    )  # fmt: skip


def _numerical_gradient(a: Arguments) -> object:
    return linclf.numerical_gradient(
        a["loss"], a["W"], a["X"], a["y"], a["reg"], b=a["b"], delta=a["delta"],
        center=a["center"], h=a["h"], n_threads=a["n_threads"],
    )  # fmt: skip


def _sgd(a: Arguments) -> object:
    return linclf.sgd(
        a["W"], a["X"], a["y"], loss=a["loss"], reg=a["reg"], b=a["b"], delta=a["delta"],
        center=a["center"], learning_rate=a["learning_rate"], batch_size=6, max_steps=5, rng=0,
        n_threads=a["n_threads"],
    )  # fmt: skip


def _scores(a: Arguments) -> object:
    return linclf.scores(
        a["W"], a["X"], b=a["b"], center=a["center"], out=a["S"], n_threads=a["n_threads"]
    )


def _predict(a: Arguments) -> object:
    return linclf.predict(a["W"], a["X"], b=a["b"], center=a["center"], n_threads=a["n_threads"])


def _sgd_step(a: Arguments) -> object:
    return linclf.sgd_step(a["W"], a["dW"], a["learning_rate"])


def _softmax(a: Arguments) -> object:
    return linclf.softmax(a["S"], n_threads=a["n_threads"])


_DATA = {"W", "X", "b", "center", "n_threads"}
_OBJECTIVE = _DATA | {"loss", "y", "reg", "delta"}
FUNCTIONS: dict[str, tuple[Callable[[Arguments], object], set[str]]] = {
    "loss_and_grad": (_loss_and_grad, _OBJECTIVE | {"dW", "db", "out"}),
    "loss_value": (_loss_value, _OBJECTIVE),
    "numerical_gradient": (_numerical_gradient, _OBJECTIVE | {"h"}),
    "sgd": (_sgd, _OBJECTIVE | {"learning_rate"}),
    "scores": (_scores, _DATA | {"S"}),
    "predict": (_predict, _DATA),
    "sgd_step": (_sgd_step, {"W", "dW", "learning_rate"}),
    "softmax": (_softmax, {"S", "n_threads"}),
}


@dataclass(frozen=True)
class Bad:
    """A way to spoil arguments, and the error it must raise."""

    name: str
    spoil: Spoil
    error: type[Exception] | tuple[type[Exception], ...]
    words: tuple[str, ...]
    only: tuple[str, ...] = ()  # functions it is about; otherwise all that take the arguments


TABLE: list[Bad] = []
WRONG = (TypeError, ValueError)


def bad(name: str, error, *words: str, only: tuple[str, ...] = (), **changes: object) -> None:
    """Add a row. A callable is given the good arguments, anything else replaces one."""

    def spoil(a: Arguments) -> Arguments:
        return {key: new(a) if callable(new) else new for key, new in changes.items()}

    TABLE.append(Bad(name, spoil, error, words, only))
