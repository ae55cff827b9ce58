"""The hooks that grade: registered by `linclf_grading` once an option asks for it.

    collection   which tests are evidence for which items; every item is written as 0, "not run"
    each test    its phases, subtests and ledger become evidence, carried in its report
    each report  taken by the one process that tallies (of xdist: the controller), written at once
    the end      what was not collected is named; a table of the points

The exit code of pytest says nothing about points, and no line of its output does.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from linclf.grading.ledger import Ledger
from linclf.grading.limits import Limits
from linclf.grading.plugin.collected import Collected, collect, marks_of
from linclf.grading.plugin.fixtures import limits_of
from linclf.grading.plugin.running import CURRENT, Running
from linclf.grading.plugin.settings import Settings
from linclf.grading.plugin.tally import Evidence, Tally
from linclf.grading.plugin.trust import refuse_untrusted
from linclf.grading.results import Results
from linclf.grading.rubric import Item
from linclf.grading.seeds import PUBLIC, seed_of
from linclf.grading.tiers import Tier
from linclf.messages import say

if TYPE_CHECKING:
    pass

__all__ = ["GradingPlugin"]

_EVIDENCE = "linclf_evidence"
_TABLE = "linclf_collected"
_RUNNING = pytest.StashKey[Running]()


class GradingPlugin:
    """One run of pytest that grades a submission.

    Parameters
    ----------
    config : pytest.Config
        With the options of `linclf_grading`.

    Raises
    ------
    pytest.UsageError
        If an option makes no sense, or the isolation asked for cannot be had.
    """

    def __init__(self, config: pytest.Config) -> None:
        refuse_untrusted(config)
        self.config = config
        self.settings = Settings(config)
        self.checks = False  # whether the rubric is collected, and not the tests alone
        self.tally: Tally | None = None
        self._student: Any = None
        self._student_limits: Limits | None = None
        self._student_test = ""
        self._table: Path | None = None
        worker = getattr(config, "workerinput", None)
        self.is_worker = worker is not None
        if worker is not None:
            self._table = Path(worker[_TABLE])
            self.settings.into = None
        elif self.settings.rubric is not None:
            self._begin(Collected(self.settings.rubric))
        self._add_rubric_to_arguments()

    # ------------------------------------------------------------------------ the submission

    def student_for(self, test: pytest.Item) -> Any:
        """Return the submission for a test: its worker is fresh, or shared if the rubric says so.

        Raises
        ------
        pytest.UsageError
            If no submission was named.
        Failure
            If there is nothing to grade in it.
        """
        from linclf.grading.engine import open_student

        item = self.item_of(test)
        limits = limits_of(test, item.limits if item is not None else Limits())
        if self._student is None or self._student_limits != limits:
            self.close()
            self._student = open_student(
                self.settings.rubric, self.settings.submission, self.settings.tier, limits
            )
            self._student_limits, self._student_test = limits, test.nodeid
        elif self.settings.isolation == "item" and self._student_test != test.nodeid:
            self._student.fresh()
        self._student_test = test.nodeid
        return self._student

    def close(self) -> None:
        """End the worker of the submission."""
        if self._student is not None:
            self._student.close()
            self._student = None

    def seed_of(self, test: pytest.Item) -> int:
        """Return the seed of the cases of a test."""
        item = self.item_of(test)
        id = item.id if item is not None else test.nodeid
        about = self.tally.collected.assignment.id if self.tally is not None else ""
        if self.settings.secret is None:  # the same for everybody, and while the code changes
            return seed_of(PUBLIC, about, id, "")
        return seed_of(
            self.settings.secret, about, id, getattr(self.settings.submission, "digest", "")
        )

    def item_of(self, test: pytest.Item) -> Item | None:
        """Return the item that a test is evidence for."""
        return None if self.tally is None else self.tally.collected.item_of(test.nodeid)

    def running(self, test: pytest.Item) -> Running | None:
        """Return what is known of a test that is being run; None if it is for no item."""
        return test.stash.get(_RUNNING, None)

    # ---------------------------------------------------------------------------- collection

    def _add_rubric_to_arguments(self) -> None:
        """Collect the rubric as well, where no tests are named: its own checks are tests."""
        config = self.config
        if self.settings.rubric is None or config.args_source is pytest.Config.ArgsSource.ARGS:
            return
        path = self.settings.rubric_path
        if path is None:
            return
        folders = (Path(config.invocation_params.dir, one).resolve() for one in config.args)
        if not any(path.resolve().is_relative_to(folder) for folder in folders):
            config.args.append(str(path))

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect the items of the rubric that need no test."""
        from linclf.grading.plugin.rubric_file import RubricFile

        if (
            self.settings.rubric_path is None
            or file_path.resolve() != self.settings.rubric_path.resolve()
        ):
            return None
        self.checks = True
        collector: pytest.Collector = RubricFile.from_parent(parent, path=file_path)
        return collector

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Find the items, before any test is deselected; write that all of them are at 0."""
        collected = collect(items, self.settings.rubric, config.rootpath)
        if self.is_worker:
            self._hand_over(collected)
        self._begin(collected)
        place = collected.order()
        items.sort(key=lambda test: place.get(test.nodeid, -1))  # stable; other tests come first

    def _begin(self, collected: Collected) -> None:
        """Begin to tally: the record with every item at 0 is written."""
        from linclf.grading.intake import Submission

        settings, name = self.settings, self.settings.submission_name
        assignment = replace(collected.assignment, language=settings.language)
        handed_in = settings.submission if name is not None else None
        if not isinstance(handed_in, Submission):
            handed_in = Submission(name or "", {}, "")
        tier = settings.tier if name is not None else Tier.T0
        blank = Results.blank(assignment, handed_in, tier)
        blank.required_tier = int(self.settings.required_tier or 0)
        before = self.tally
        self.tally = Tally(
            Collected(assignment, collected.nodes), blank, self.settings.into, checks=self.checks
        )
        if before is not None:
            self.tally.evidence = before.evidence
        self.tally.write()

    # ------------------------------------------------------------------------- between processes

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where to leave what it collected."""
        if self._table is None:
            import tempfile

            self._folder = tempfile.TemporaryDirectory(prefix="linclf-grading-")
            self._table = Path(self._folder.name) / "collected.json"
        node.workerinput[_TABLE] = str(self._table)

    def _hand_over(self, collected: Collected) -> None:
        """Leave what was collected where the controller finds it; all workers leave the same."""
        from linclf.cli.files import write_text

        assert self._table is not None
        data = {"collected": collected.to_plain(), "checks": self.checks}
        write_text(self._table, json.dumps(data))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Any) -> None:
        """Take over what the first worker collected."""
        if self._table is not None and self._table.exists():
            data = json.loads(self._table.read_text(encoding="utf-8"))
            self._table.unlink()
            if not (self.tally and self.tally.evidence):
                self.checks = data["checks"]
                self._begin(Collected.from_plain(data["collected"], self.settings.rubric))

    # ----------------------------------------------------------------------------- each test

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Open the accounts of a test, and let its reports be found by the aliases."""
        found = self.item_of(item)
        if found is None:
            return (yield)
        ledger = Ledger(found.points, partial=found.partial, kappa=found.kappa)
        running = Running(
            found, item, self.settings.language, ledger, lambda: self.student_for(item)
        )
        running.hide_errors = str(marks_of(item).get("hide_errors") or "")
        item.stash[_RUNNING] = running
        token = CURRENT.set(running)
        try:
            return (yield)
        finally:
            CURRENT.reset(token)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip what builds on something that is known not to be right."""
        running = self.running(item)
        if running is None or self.tally is None:
            return
        for id in running.item.requires:
            needed = self.tally.collected.assignment.item(id)
            if self.tally.failed(needed):
                running.waits = True
                pytest.skip(f"{needed.title} comes first")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know that the test function runs: reports made meanwhile are those of subtests."""
        running = self.running(item)
        if running is None:
            return (yield)
        running.inside = True
        try:
            return (yield)
        finally:
            running.inside = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge a phase; the last report carries the evidence."""
        report = yield
        running = self.running(item)
        if running is None:
            return report
        error = call.excinfo.value if call.excinfo is not None else None
        outcome = running.take(call.when, error)
        if running.item.visibility != "visible" and not self.config.option.linclf_reveal:
            _hide(report, outcome.category)
        if call.when == "teardown":
            evidence = running.evidence()
            if self.tally is not None and self.is_worker:
                self.tally.add(evidence)  # to know what a later test requires
            # Not among the user properties, which pytest writes into its own reports.
            setattr(report, _EVIDENCE, json.dumps(evidence.to_plain()))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the evidence, wherever the test ran."""
        if self.is_worker or self.tally is None:
            return
        evidence = getattr(report, _EVIDENCE, None)
        if evidence is not None:
            self.tally.add(Evidence.from_plain(json.loads(evidence)))

    # ------------------------------------------------------------------------------- the end

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the results for the last time."""
        self.close()
        if self.tally is None or self.is_worker:
            return
        self.tally.ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        self.tally.write()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show the points."""
        if self.tally is None or self.is_worker:
            return
        from linclf.grading.report.table import table

        terminalreporter.section("points")
        for line in table(self.tally.results()):
            terminalreporter.write_line(line)
        if self.settings.into is not None:
            terminalreporter.write_line(f"results: {self.settings.into}")

    def pytest_unconfigure(self) -> None:
        """End what is still there."""
        self.close()


def _hide(report: pytest.TestReport, category: str) -> None:
    """Leave of a report nothing but the category."""
    report.sections.clear()
    if report.longrepr is not None and report.outcome == "failed":
        report.longrepr = f"hidden item: {say(f'grading.category.{category}')}"
