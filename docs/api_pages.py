"""The pages of the API reference: which public name stands where, and the pages themselves.

`GROUPS` puts the names of ``linclf.__all__`` in the order in which a user looks for them. A name
that is in no group goes on a last page, so that it is documented in any case; a test asks for its
group. A name of `GROUPS` that this version of linclf has not is left out. Names with a dot are
those of a module that is not in ``linclf.__all__``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import linclf

_LONGEST_VALUE = 200  # characters of a constant that are shown


@dataclass(frozen=True)
class Group:
    """A page of the reference.

    Attributes
    ----------
    page : str
        File name without ending.
    title, intro : str
        What stands on top.
    names : tuple of str
        Public names of linclf. A module brings its own public names along.
    """

    page: str
    title: str
    intro: str
    names: tuple[str, ...]


GROUPS = (
    Group(
        "losses",
        "Losses, scores, predictions",
        "Everything about one `W`: what it scores, what it predicts, what it loses, and in which "
        "direction it would lose more. The order of the operands is always ``(W, X, y, reg)``.",
        (
            *("svm_loss", "softmax_loss", "loss_and_grad", "loss_value", "Loss"),
            *("scores", "predict", "softmax"),
        ),
    ),
    Group(
        "penalties",
        "Penalties",
        "What may stand for ``reg``, beside a plain number, which means `L2`.",
        ("L2", "L1", "ElasticNet"),
    ),
    Group(
        "checking",
        "Checking your own code",
        "Whether a hand-written loss and its gradient are right, and if not, what is wrong.",
        (
            *("check_gradient", "GradientCheck", "numerical_gradient", "compare", "Comparison"),
            *("sanity", "mutants", "diagnosis"),
        ),
    ),
    Group(
        "training",
        "Going downhill",
        "Functions that change `W` in place and return the `History` of how they did it.",
        (
            *("sgd", "sgd_step", "gradient_descent", "random_search", "random_local_search"),
            *("stable_learning_rate", "validation_search", "loss_slice", "loss_plane"),
            *("History", "FitState", "DivergenceError", "schedules"),
        ),
    ),
    Group(
        "classifiers",
        "Classifiers",
        "`LinearClassifier` has the manners of scikit-learn, `LinearSVM` and `Softmax` those of "
        "the courses. All can be saved and loaded without pickle.",
        ("LinearClassifier", "LinearSVM", "Softmax", "course_classes.CourseClassifier", "load"),
    ),
    Group(
        "explaining",
        "Explaining a loss",
        "The arithmetic of the slides, with your numbers.",
        ("explain", "Explanation"),
    ),
    Group("datasets", "Data", "", ("datasets",)),
    Group("plot", "Pictures", "", ("plot",)),
    Group("course", "The course", "Exercises, and what checks them.", ("course",)),
    Group(
        "grading",
        "Grading homework",
        "From a rubric and a submission to points, feedback and the files that other systems read. "
        "``linclf grade`` does the same in a shell.",
        (
            *("grading.rubric", "grading.intake", "grading.seeds", "grading.tiers"),
            *("grading.engine", "grading.results", "grading.report", "grading.exporters"),
            *("grading.exporters.bundle", "grading.exporters.in_notebook", "grading.audit"),
        ),
    ),
    Group(
        "grading_tests",
        "Writing checks of your own",
        "What a test of yours meets: the functions of a submission, what can go wrong with them, "
        "the ledger that points are entered in, and text that must stay text.",
        (
            *(
                "grading.student.remote",
                "grading.student.local",
                "grading.limits",
                "grading.failures",
            ),
            *("grading.ledger", "grading.aliases", "grading.sinks"),
        ),
    ),
    Group("elsewhere", "Other libraries and courses", "", ("conventions", "compat")),
    Group(
        "installation",
        "The installation",
        "What to write into a bug report, and a check of one minute before it.",
        ("show_config", "self_test", "__version__"),
    ),
)


def ungrouped() -> list[str]:
    """Return the public names that no group has."""
    grouped = {name for group in GROUPS for name in group.names}
    return [name for name in linclf.__all__ if name not in grouped]


def groups() -> list[Group]:
    """Return the groups with the names that there are, and one more for names without a group."""
    rest = Group("more", "More", "", tuple(ungrouped()))
    found = []
    for group in (*GROUPS, rest):
        names = tuple(name for name in group.names if name in linclf.__all__ or "." in name)
        if names:
            found.append(Group(group.page, group.title, group.intro, names))
    return found


def resolved(name: str) -> Any:
    """Return the object of a name of `GROUPS`."""
    module, _, attribute = name.rpartition(".")
    parent = import_module(f"linclf.{module}") if module else linclf
    try:
        return getattr(parent, attribute)
    except AttributeError:  # a module that its package does not import by itself
        return import_module(f"linclf.{name}")


def members(module: ModuleType) -> list[str]:
    """Return the public names of a module of linclf."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def directive(value: Any) -> str:
    """Return what documents an object."""
    if inspect.isclass(value):
        return "autoexception" if issubclass(value, BaseException) else "autoclass"
    return "autofunction" if callable(value) else "autodata"


def data(name: str, value: Any) -> Iterator[str]:
    """Yield what documents a constant: its value, or how many of what it holds."""
    yield f".. py:data:: {name}"
    if len(repr(value)) <= _LONGEST_VALUE:
        yield f"   :value: {value!r}\n"
        return
    kinds = sorted({type(each).__name__ for each in value})
    held = ", ".join(f"`{kind}`" for kind in kinds)
    yield f"\n   {type(value).__name__.capitalize()} of {len(value)}: {held}.\n"


def entries(scope: str, names: list[str], values: list[Any]) -> Iterator[str]:
    """Yield a table of names with their first sentences, and then each in full."""
    yield f".. currentmodule:: {scope}\n"
    listed = [
        name for name, value in zip(names, values, strict=True) if directive(value) != "autodata"
    ]
    if len(listed) > 1:
        yield ".. autosummary::\n   :nosignatures:\n"
        yield "\n".join(f"   {name}" for name in listed) + "\n"
    for name, value in zip(names, values, strict=True):
        kind = directive(value)
        if kind == "autodata":
            yield from data(name, value)
            continue
        yield f".. {kind}:: {scope}.{name}"
        if kind == "autoclass":
            # What every string, tuple or exception can do is not repeated.
            yield "   :members:\n   :inherited-members: str, int, tuple, list, dict\n"
        elif kind == "autoexception":
            yield "   :show-inheritance:\n"
        else:
            yield ""


def page(group: Group) -> str:
    """Return the page of a group as reStructuredText."""
    values = {name: resolved(name) for name in group.names}
    modules = {name: value for name, value in values.items() if inspect.ismodule(value)}
    plain = [name for name in group.names if name not in modules]
    lines = [group.title, "=" * len(group.title), ""]
    if group.intro:
        lines += [".. currentmodule:: linclf", "", group.intro, ""]
    if plain:
        lines += entries("linclf", plain, [values[name] for name in plain])
    for name, module in modules.items():
        if plain or len(modules) > 1:
            lines += [f"linclf.{name}", "-" * len(f"linclf.{name}"), ""]
        lines += [f".. automodule:: {module.__name__}", "   :no-members:", ""]
        inside = members(module)
        lines += entries(module.__name__, inside, [getattr(module, each) for each in inside])
    return "\n".join(lines)


def write(folder: Path) -> None:
    """Write a page for every group, and one that leads to them."""
    folder.mkdir(parents=True, exist_ok=True)
    found = groups()
    index = [
        "Reference",
        "=========",
        "",
        "Every public name of linclf, with an example that runs. The letters are those of the",
        "lectures: `X` (N, D) data, `y` (N,) labels, `W` (D, C) weights, `b` (C,) bias.",
        "",
        ".. toctree::",
        "   :maxdepth: 1",
        "",
        *(f"   {group.page}" for group in found),
        "",
        ".. list-table::",
        "   :widths: 30 70",
        "",
    ]
    for group in found:
        (folder / f"{group.page}.rst").write_text(page(group), encoding="utf-8")
        names = ", ".join(f":py:obj:`~linclf.{name}`" for name in group.names)
        index += [f"   * - :doc:`{group.page}`", f"     - {names}"]
    (folder / "index.rst").write_text("\n".join(index) + "\n", encoding="utf-8")
