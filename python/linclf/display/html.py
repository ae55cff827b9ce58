"""How a classifier looks in a notebook: curve, templates, parameters, classes.

No section can break the others: what fails is replaced by one line that names the error.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from linclf.display.escape import escape
from linclf.display.layout import guess_layout, weights_of
from linclf.display.page import STYLE, note_html, table_html
from linclf.display.series import Losses, losses_of
from linclf.display.svg import loss_svg
from linclf.display.templates import class_labels, templates_html

_MAX_CLASSES = 40
_LONGEST_VALUE = 90
_MOST_BYTES = 59_000  # the rest of the 60 kB is for the frame and for what is said of gaps


def classifier_html(clf: Any, X: Any = None, y: Any = None) -> str:
    """Return a classifier as HTML, fitted or not; the ``_repr_html_`` of linclf's classifiers.

    Shows the parameters, the loss curve, a template per class where the features look like a
    square image, and what is known of every class. It stays below 60 kB.

    Parameters
    ----------
    clf : classifier
        Anything with some of ``get_params()``, ``classes_``, ``coef_``, ``intercept_``,
        ``history_``. If it has ``class_accuracy_`` (C,), that is shown, too.
    X : (N, D) array, optional
    y : (N,) array, optional
        With both, the accuracy of every class on these samples is shown.

    Returns
    -------
    html : str
        One ``<div>``. Names and values are escaped.

    Examples
    --------
    >>> class Stump:
    ...     def __init__(self, depth=1): self.depth = depth
    ...     def get_params(self, deep=True): return {"depth": self.depth}
    >>> "depth=3" in classifier_html(Stump(depth=3))
    True
    """
    sections: list[tuple[str, Callable[[], str]]] = [
        ("changed parameters", lambda: _changed(clf)),
        ("facts", lambda: f"<div>{escape(_facts(clf))}</div>"),
        ("loss curve", lambda: _curve(clf)),
        ("templates", lambda: _templates(clf)),
        ("parameters", lambda: _parameters(clf)),
        ("classes", lambda: _classes(clf, X, y)),
    ]
    room, parts = _MOST_BYTES - len(STYLE), []
    for name, make in sections:
        parts.append(_guarded(name, make, room))
        room -= len(parts[-1].encode())
    changed, facts, curve, templates, *tables = parts
    return (
        f'<div class="linclf"><style>{STYLE}</style>'
        f"<div><b>{escape(type(clf).__name__)}</b>{changed}</div>{facts}"
        f'<div class="linclf-row">{curve}{templates}</div>{"".join(tables)}</div>'
    )


def _guarded(name: str, make: Callable[[], str], room: int) -> str:
    try:
        text = make()
    except Exception as error:  # a display must not raise, whatever lies under it
        return note_html(f"{name} not shown ({type(error).__name__})")
    return text if len(text.encode()) <= room else note_html(f"{name} not shown (too large)")


def _changed(clf: Any) -> str:
    settings = ", ".join(f"{name}={text}" for name, text, changed in _settings(clf) if changed)
    return f" <code>{escape(settings, 300)}</code>" if settings else ""


def _facts(clf: Any) -> str:
    if getattr(clf, "coef_", None) is None and getattr(clf, "W", None) is None:
        return "not fitted yet"
    W, _ = weights_of(clf)
    facts = [_counted(W.shape[1], "class", "classes"), _counted(W.shape[0], "feature", "features")]
    losses = _losses(clf)
    if losses is not None:
        facts.append(_counted(len(losses.loss), "step", "steps"))
        if len(losses.loss):
            facts.append(f"last loss {losses.loss[-1]:.4g}")
        if "accuracy" in losses.validation:
            facts.append(f"validation accuracy {losses.validation['accuracy'][-1]:.1%}")
        stopped = getattr(clf.history_, "stopped", None)
        if isinstance(stopped, str):
            facts.append(stopped)
    gap = getattr(clf, "gap_", None)
    if isinstance(gap, float) and np.isfinite(gap):
        facts.append(f"at most {gap:.2g} above the minimum")
    return " · ".join(facts)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _losses(clf: Any) -> Losses | None:
    return None if getattr(clf, "history_", None) is None else losses_of(clf)


def _curve(clf: Any) -> str:
    losses = _losses(clf)
    return "" if losses is None or len(losses.loss) == 0 else loss_svg(losses)


def _settings(clf: Any) -> list[tuple[str, str, bool]]:
    """Return name, text and "differs from the default" of every parameter."""
    if not hasattr(clf, "get_params"):
        return []
    declared: Mapping[str, inspect.Parameter]
    try:
        declared = inspect.signature(type(clf)).parameters
    except (TypeError, ValueError):
        declared = {}
    settings = []
    for name, value in clf.get_params(deep=False).items():
        text = _value_text(value)
        default = declared[name].default if name in declared else inspect.Parameter.empty
        known = default is not inspect.Parameter.empty
        settings.append((str(name), text, known and text != _value_text(default)))
    return settings


def _value_text(value: object) -> str:
    try:
        if isinstance(value, np.ndarray):
            return f"array {value.shape} {value.dtype}"
        if inspect.isroutine(value):
            return str(getattr(value, "__qualname__", repr(value)))
        text = repr(value)
    except Exception as error:  # a repr may raise anything
        return f"<{type(value).__name__}, its repr raised {type(error).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _parameters(clf: Any) -> str:
    settings = _settings(clf)
    if not settings:
        return ""
    rows = "".join(
        f"<tr{_SET if changed else ''}><td>{escape(name)}</td>"
        f"<td><code>{escape(text)}</code></td></tr>"
        for name, text, changed in settings[:100]
    )
    return (
        f"<details><summary>Parameters ({len(settings)}; bold: not the default)</summary>"
        f"<table><tbody>{rows}</tbody></table></details>"
    )


_SET = ' class="linclf-set"'


def _templates(clf: Any) -> str:
    if getattr(clf, "coef_", None) is None and getattr(clf, "W", None) is None:
        return ""
    W, names = weights_of(clf)
    layout = guess_layout(W)
    if layout is None:
        return ""
    if not np.isfinite(W).all():
        return note_html("templates not shown: the weights are not finite")
    return templates_html(W, layout[0], bias=layout[1], class_names=names)


def _classes(clf: Any, X: Any, y: Any) -> str:
    if getattr(clf, "coef_", None) is None:
        return ""
    W, names = weights_of(clf)
    labels = class_labels(None, names, W.shape[1])
    norms = np.sqrt((W**2).sum(axis=0))
    header = ["class", "norm of the template"]
    columns: list[list[Any]] = [labels, norms.tolist()]
    bias = np.ravel(getattr(clf, "intercept_", ()))
    if bias.shape == norms.shape:
        header.append("bias")
        columns.append(bias.tolist())
    accuracy = _class_accuracy(clf, X, y)
    if accuracy is not None and accuracy.shape == norms.shape:
        header.append("accuracy")
        columns.append(accuracy.tolist())
    rows = list(zip(*columns, strict=True))[:_MAX_CLASSES]
    table = table_html(header, rows, bars={"accuracy"})
    more = len(labels) - _MAX_CLASSES
    note = note_html(f"and {more:,} classes more") if more > 0 else ""
    return f"<details><summary>Classes ({len(labels):,})</summary>{table}{note}</details>"


def _class_accuracy(clf: Any, X: Any, y: Any) -> npt.NDArray[np.float64] | None:
    """Return the accuracy of every class, NaN where it has no sample, or None if unknown."""
    if X is None or y is None:
        known = getattr(clf, "class_accuracy_", None)
        return None if known is None else np.ravel(np.asarray(known, dtype=np.float64))
    y, hit = np.asarray(y), np.asarray(clf.predict(X)) == np.asarray(y)
    return np.array(
        [hit[y == name].mean() if (y == name).any() else np.nan for name in clf.classes_]
    )
