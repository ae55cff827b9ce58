"""The items of a rubric as pytest collects them: ``pytest rubric.toml`` runs its checks.

Each is graded by the engine, so that it earns what `linclf grade run` gives for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from linclf.grading.plugin.fixtures import session_of
from linclf.grading.rubric import Item
from linclf.grading.seeds import PUBLIC

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

__all__ = ["RubricFile", "RubricItem"]


class RubricFile(pytest.File):
    """A rubric, which has one test for each item with a check of its own."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield the items, but those that a test function is evidence for."""
        session = session_of(self.config)
        if session is None or session.settings.rubric is None:
            return
        for item in session.settings.rubric.items:
            if item.check != "test":
                yield RubricItem.from_parent(self, name=item.id, item=item)


class _NotRightError(Exception):
    """The item is not right; its result says why."""


class RubricItem(pytest.Item):
    """An item of a rubric.

    Parameters
    ----------
    item : Item
    **options
        As of `pytest.Item`.
    """

    def __init__(self, *, item: Item, **options: Any) -> None:
        super().__init__(**options)
        self.linclf_item = item

    def runtest(self) -> None:
        """Have the engine grade this item, as if there were no other."""
        from linclf.grading.engine import grade
        from linclf.grading.intake import Submission

        session = session_of(self.config)
        assert session is not None
        settings = session.settings
        assert settings.rubric is not None
        running = session.running(self)
        assert running is not None
        alone = replace(
            settings.rubric,
            language=settings.language,
            items=(replace(self.linclf_item, requires=()),),
        )
        submission, secret = settings.submission, settings.secret
        if secret is None:
            secret = PUBLIC
            if isinstance(submission, Submission):
                submission = replace(submission, digest="")
        results = grade(alone, submission, secret=secret, tier=settings.tier, tests=False)
        running.result = results.items[0]
        running.notes += results.notes
        if running.result.status != "passed":
            raise _NotRightError

    def repr_failure(
        self, excinfo: ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return the messages of the item; of an error of the check, where it came from."""
        session = session_of(self.config)
        running = session.running(self) if session is not None else None
        result = running.result if running is not None else None
        if isinstance(excinfo.value, _NotRightError) and result is not None:
            told = [f"  {message.text}" for message in result.messages]
            passed = f"{result.cases_passed} of {result.cases} cases"
            return "\n".join([f"{self.linclf_item.title}: {passed}", *told])
        return excinfo.getrepr(style="short", tbfilter=lambda one: one.traceback.cut(__file__))

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Return where the item stands."""
        return self.path, None, f"{self.linclf_item.number} {self.linclf_item.title}"
