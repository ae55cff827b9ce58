"""Values to JSON and back, with their arrays beside it: the contents of a model file."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from linclf import penalties, schedules
from linclf.history import History

_VALUES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        *(penalties.L1, penalties.L2, penalties.ElasticNet),
        *schedules.BUILTIN.values(),
    )
    if isinstance(kind, type)
}
_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
_COLUMNS = ("data_loss", "penalty", "learning_rate", "grad_norm", "epoch")


class NotStorableError(TypeError):
    """A value that JSON cannot hold."""


def encode(value: Any, name: str, arrays: dict[str, Any]) -> Any:
    """Return `value` as JSON, with its arrays put under `name` into `arrays`."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, np.ndarray):
        arrays[name] = value.astype(str) if value.dtype.hasobject else value
        return {"kind": "array", "name": name, "objects": value.dtype.hasobject}
    if isinstance(value, tuple | list):
        items = [encode(item, f"{name}.{i}", arrays) for i, item in enumerate(value)]
        return {"kind": type(value).__name__, "items": items}
    if type(value) in _VALUES.values():
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        encoded = {key: encode(part, f"{name}.{key}", arrays) for key, part in parts.items()}
        return {"kind": type(value).__name__, "fields": encoded}
    if isinstance(value, np.random.Generator):
        return {"kind": "Generator", "state": value.bit_generator.state}
    if isinstance(value, np.random.RandomState):
        return {"kind": "RandomState", "state": value.get_state(legacy=False)}
    raise NotStorableError(type(value).__name__)


def decode(value: Any, arrays: dict[str, Any]) -> Any:
    """Return what `encode` was given."""
    if not isinstance(value, dict):
        return value
    kind = value["kind"]
    if kind == "array":
        array = arrays[value["name"]]
        return array.astype(object) if value["objects"] else array
    if kind in ("tuple", "list"):
        items = [decode(item, arrays) for item in value["items"]]
        return tuple(items) if kind == "tuple" else items
    if kind == "RandomState":
        legacy = np.random.RandomState()
        legacy.set_state(value["state"])
        return legacy
    if kind == "Generator":
        name = value["state"]["bit_generator"]
        if name not in _GENERATORS:
            raise ValueError(f"there is no bit generator {name!r}")
        generator = np.random.Generator(getattr(np.random, name)())
        generator.bit_generator.state = value["state"]
        return generator
    parts = {key: decode(part, arrays) for key, part in value["fields"].items()}
    return _VALUES[kind](**parts)


def encoded_history(history: History | None, arrays: dict[str, Any]) -> dict[str, Any] | None:
    """Return a history as JSON, with its columns put into `arrays`."""
    if history is None:
        return None
    for name in _COLUMNS:
        arrays[f"history/{name}"] = getattr(history, name)
    for name, column in history.validation.items():
        arrays[f"history/validation_{name}"] = column
    return {"stopped": history.stopped, "manifest": history.manifest}


def decoded_history(facts: dict[str, Any] | None, arrays: dict[str, Any]) -> History | None:
    """Return what `encoded_history` was given."""
    if facts is None:
        return None
    history = History(facts["manifest"])
    data_loss, penalty, rate, norm, epoch = (arrays[f"history/{name}"] for name in _COLUMNS)
    validation = [arrays[f"history/validation_{name}"] for name in ("step", "loss", "accuracy")]
    for step, loss, accuracy in zip(*validation, strict=True):
        _append(history, int(step), data_loss, penalty, rate, norm, epoch)
        history.append_validation(loss, accuracy)
    _append(history, len(rate), data_loss, penalty, rate, norm, epoch)
    history.stopped = facts["stopped"]
    return history


def _append(history: History, end: int, *columns: Any) -> None:
    """Append the rows of `columns` from the end of `history` up to `end`."""
    *table, rate, norm, epoch = (column[len(history) : end] for column in columns)
    rows, rates = history.reserve(len(rate))
    rows[:], rates[:] = np.column_stack([*table, norm]), rate
    history.commit(len(rate), epoch)
