"""The pytest plugin of `linclf.grading`: options, markers, fixtures; no more until it is used.

pytest imports this module in every run on a machine where linclf is installed. It lies outside of
the package for that reason: neither linclf nor NumPy is imported before an option, an ini value or
a fixture of this plugin is used, so that other test suites neither wait for it nor find NumPy
loaded before their own settings. What it does is in `linclf.grading.plugin`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from linclf.grading.ledger import Ledger
    from linclf.grading.plugin.fixtures import Cases, Reference

OPTIONS = (
    ("assignment", "FOLDER", "folder with rubric.toml, a rubric, or the name of one that ships"),
    ("submission", "PATH", "what to grade: .py, .ipynb, a folder or a zip"),
    ("results", "FILE", "write the results there, again after each item"),
    ("secret", "FILE", "the secret of the course; without it the cases are the public ones"),
    ("tier", "TIER", "how to shut the submission in: T0 to T3; by default as well as possible"),
    ("require_tier", "TIER", "refuse to grade where the submission cannot be shut in that well"),
    ("language", "LANG", "of the translations in the messages: de, ko, sk, ru"),
)
MARKERS = (
    "points(n, name=, number=, tags=, visibility=, extra_credit=): what the test is worth",
    "hidden: students see the category of what is wrong, and nothing else",
    "requires(item): not tried, and 0, unless that item is right",
    "limits(time=, memory=): seconds and bytes for the submission in this test",
    "public_case(seed=): the cases are drawn from this seed, the same for everybody",
)
_ACTIVE = "linclf_grading_session"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; assignment and submission can also be ini values."""
    group = parser.getgroup("linclf", "grading homework with linclf.grading")
    for name, metavar, about in OPTIONS:
        names = [f"--linclf-{name.replace('_', '-')}"]
        if name == "require_tier":
            names.append("--require-tier")
        group.addoption(*names, dest=f"linclf_{name}", metavar=metavar, default=None, help=about)
    group.addoption(
        "--linclf-reveal",
        action="store_true",
        help="show why hidden items failed in the output of pytest; never where students see it",
    )
    for name in ("assignment", "submission"):
        parser.addini(f"linclf_{name}", f"default of --linclf-{name}, from the folder of the file")


def used(config: pytest.Config) -> bool:
    """Tell whether anything is to be graded in this run."""
    known = config.known_args_namespace
    return any(getattr(known, f"linclf_{name}", None) for name, _, _ in OPTIONS) or any(
        config.getini(f"linclf_{name}") for name in ("assignment", "submission")
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Refuse a run that would execute a conftest.py of the submission, before it does."""
    if used(early_config):
        from linclf.grading.plugin.trust import refuse_untrusted

        refuse_untrusted(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers; start to grade if an option asks for it."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    if used(config):
        from linclf.grading.plugin import GradingPlugin

        config.pluginmanager.register(GradingPlugin(config), _ACTIVE)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Any:
    """The functions of the submission, as attributes; they run in a process of their own."""
    from linclf.grading.plugin.fixtures import open_student

    return open_student(request)


@pytest.fixture
def cases(request: pytest.FixtureRequest) -> Cases:
    """Problems that this submission, and no other, is tried on: ``for case in cases("hinge")``."""
    from linclf.grading.plugin.fixtures import Cases

    return Cases.of(request)


@pytest.fixture
def reference() -> Reference:
    """The right answers, from the C core and from NumPy, which must agree."""
    from linclf.grading.plugin.fixtures import Reference

    return Reference()


@pytest.fixture
def tolerance() -> Any:
    """How far rounding may take right code: ``tolerance(loss, W, X, y, reg)``."""
    from linclf.tolerance import tolerances

    return tolerances


@pytest.fixture
def grade(request: pytest.FixtureRequest) -> Ledger:
    """The ledger of the item: partial credit, and comparisons that say what is wrong."""
    from linclf.grading.plugin.fixtures import open_ledger

    return open_ledger(request)
