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
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from linclf.grading.collected import Collected, collect, marks_of
from linclf.grading.fixtures import limits_of
from linclf.grading.ledger import Ledger
from linclf.grading.limits import Limits
from linclf.grading.results import Results
from linclf.grading.rubric import Assignment, Item, RubricError, load
from linclf.grading.running import CURRENT, Running
from linclf.grading.seeds import PUBLIC, SecretError, read_secret, seed_of
from linclf.grading.tally import Evidence, Tally
from linclf.grading.tiers import Tier
from linclf.grading.trust import option, path_option, refuse_untrusted
from linclf.messages import LANGUAGES, say
from linclf.messages import language as language_of_reader

if TYPE_CHECKING:
    from linclf.grading.intake import IntakeError, Submission

__all__ = ["GradingPlugin"]

_PROPERTY = "linclf_evidence"
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
        self.rubric = self._rubric()
        self.language = self._language()
        self.secret = self._secret()
        self.into = path_option(config, "results")
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
            self.into = None
        elif self.rubric is not None:
            self._begin(Collected(self.rubric))
        self._add_rubric_to_arguments()

    # ------------------------------------------------------------------ what the options say

    def _rubric(self) -> Assignment | None:
        named = option(self.config, "assignment")
        path = path_option(self.config, "assignment")
        if path is None:
            return None
        try:
            return load(path if path.exists() or named is None else str(named))
        except RubricError as error:
            raise pytest.UsageError(f"--linclf-assignment: {error}") from None

    def _language(self) -> str:
        named = option(self.config, "language")
        if named is not None and named not in LANGUAGES:
            raise pytest.UsageError(
                f"--linclf-language is {named!r}; there are {', '.join(LANGUAGES)}"
            )
        return named or (self.rubric.language if self.rubric else "") or language_of_reader()

    def _secret(self) -> bytes | None:
        path = path_option(self.config, "secret")
        if path is None:
            return None
        try:
            return read_secret(path)
        except SecretError as error:
            raise pytest.UsageError(f"--linclf-secret: {error}") from None

    @cached_property
    def tier(self) -> Tier:
        """How the submission is shut in."""
        from linclf.grading.tiers import TierError, choose

        required = self.required_tier
        try:
            return choose(_tier(self.config, "tier"), required)
        except TierError as error:
            raise pytest.UsageError(str(error)) from None

    @property
    def required_tier(self) -> Tier | None:
        """The weakest isolation that is accepted."""
        asked = _tier(self.config, "require_tier")
        least = self.rubric.min_tier if self.rubric else None
        return max((one for one in (asked, least) if one is not None), default=None)

    @property
    def isolation(self) -> str:
        """Whether each test has a worker of its own."""
        return self.rubric.isolation if self.rubric else "item"

    # ------------------------------------------------------------------------ the submission

    @cached_property
    def submission(self) -> Submission | IntakeError:
        """What is graded; or why it cannot be."""
        from linclf.grading.intake import IntakeError, read_submission

        path = path_option(self.config, "submission")
        if path is None:
            raise pytest.UsageError(
                "there is no submission to grade; name one: --linclf-submission hw1.py"
            )
        try:
            return read_submission(path, tier=self.tier)
        except IntakeError as error:
            return error

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
            self._student = open_student(self.rubric, self.submission, self.tier, limits)
            self._student_limits, self._student_test = limits, test.nodeid
        elif self.isolation == "item" and self._student_test != test.nodeid:
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
        if self.secret is None:  # the same for everybody, and while the code changes
            return seed_of(PUBLIC, about, id, "")
        return seed_of(self.secret, about, id, getattr(self.submission, "digest", ""))

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
        if self.rubric is None or config.args_source is pytest.Config.ArgsSource.ARGS:
            return
        path = self.rubric_path
        if path is not None and str(path) not in config.args:
            config.args.append(str(path))

    @property
    def rubric_path(self) -> Path | None:
        """The file of the rubric."""
        path = path_option(self.config, "assignment")
        if self.rubric is None or path is None:
            return None
        if not path.exists():
            from linclf.grading.rubric import shipped

            return shipped()[str(option(self.config, "assignment"))]
        return path / "rubric.toml" if path.is_dir() else path

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect the items of the rubric that need no test."""
        from linclf.grading.rubric_file import RubricFile

        if self.rubric_path is None or file_path.resolve() != self.rubric_path.resolve():
            return None
        self.checks = True
        collector: pytest.Collector = RubricFile.from_parent(parent, path=file_path)
        return collector

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Find the items, before any test is deselected; write that all of them are at 0."""
        collected = collect(items, self.rubric, config.rootpath)
        if self.is_worker:
            self._hand_over(collected)
        self._begin(collected)
        order = {item.id: place for place, item in enumerate(_sorted(collected.assignment))}
        place = {node: order[id] for id, nodes in collected.nodes.items() for node in nodes}
        items.sort(key=lambda test: place.get(test.nodeid, -1))  # stable; other tests come first

    def _begin(self, collected: Collected) -> None:
        """Begin to tally: the record with every item at 0 is written."""
        assignment = replace(collected.assignment, language=self.language)
        from linclf.grading.intake import Submission

        named = path_option(self.config, "submission")
        known = named is not None
        handed_in = self.submission if known else None
        if not isinstance(handed_in, Submission):
            handed_in = Submission(
                name=named.name if named is not None else "", files={}, digest=""
            )
        blank = Results.blank(assignment, handed_in, self.tier if known else 0)
        blank.required_tier = int(self.required_tier or 0)
        before = self.tally
        self.tally = Tally(
            Collected(assignment, collected.nodes), blank, self.into, checks=self.checks
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

        data = {
            "assignment": asdict(replace(collected.assignment, folder=None)),
            "nodes": collected.nodes,
        }
        assert self._table is not None
        write_text(self._table, json.dumps(data))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Any) -> None:
        """Take over what the first worker collected."""
        if self._table is not None and self._table.exists():
            data = json.loads(self._table.read_text(encoding="utf-8"))
            self._table.unlink()
            if not (self.tally and self.tally.evidence):
                self._begin(_collected(data, self.rubric))

    # ----------------------------------------------------------------------------- each test

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Open the accounts of a test, and let its reports be found by the aliases."""
        found = self.item_of(item)
        if found is None:
            return (yield)
        ledger = Ledger(found.points, partial=found.partial, kappa=found.kappa)
        running = Running(found, item, self.language, ledger, lambda: self.student_for(item))
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
            report.user_properties.append((_PROPERTY, json.dumps(evidence.to_plain())))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the evidence, wherever the test ran."""
        if self.is_worker or self.tally is None or report.when != "teardown":
            return
        for name, value in report.user_properties:
            if name == _PROPERTY:
                self.tally.add(Evidence.from_plain(json.loads(str(value))))

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
        from linclf.grading.table import table

        terminalreporter.section("points")
        for line in table(self.tally.results()):
            terminalreporter.write_line(line)
        if self.into is not None:
            terminalreporter.write_line(f"results: {self.into}")

    def pytest_unconfigure(self) -> None:
        """End what is still there."""
        self.close()


def _tier(config: pytest.Config, name: str) -> Tier | None:
    """Return a tier as it was named: T2, t2 or 2."""
    named = option(config, name)
    if named is None:
        return None
    try:
        return Tier[f"T{str(named).upper().removeprefix('T')}"]
    except KeyError:
        raise pytest.UsageError(
            f"--linclf-{name.replace('_', '-')} is {named!r}; there are "
            f"{', '.join(tier.name for tier in Tier)}"
        ) from None


def _sorted(assignment: Assignment) -> list[Item]:
    """Return the items so that each comes after those that it requires."""
    done: dict[str, Item] = {}

    def add(item: Item, above: tuple[str, ...] = ()) -> None:
        for id in item.requires:
            if id not in done and id not in above:
                add(assignment.item(id), (*above, item.id))
        done.setdefault(item.id, item)

    for item in assignment.items:
        add(item)
    return list(done.values())


def _collected(data: Any, rubric: Assignment | None) -> Collected:
    """Return what a worker collected."""
    if rubric is not None:
        return Collected(rubric, data["nodes"])
    about = dict(data["assignment"])
    about["limits"], about["min_tier"] = Limits(**about["limits"]), Tier(about["min_tier"])
    items = []
    for written in about["items"]:
        lists = {name: tuple(written[name]) for name in ("profile", "requires", "tags")}
        items.append(Item(**{**written, **lists, "limits": Limits(**written["limits"])}))
    return Collected(Assignment(**{**about, "items": tuple(items)}), data["nodes"])


def _hide(report: pytest.TestReport, category: str) -> None:
    """Leave of a report nothing but the category."""
    report.sections.clear()
    if report.longrepr is not None and report.outcome == "failed":
        report.longrepr = f"hidden item: {say(f'grading.category.{category}')}"
