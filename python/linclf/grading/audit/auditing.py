"""The mutation test of a rubric's own cases: would mistakes lose points, and right code none?

    found = audit(load("multiclass_hinge"))
    print(found)            a table; found.ok is False if anything is red

For every item three questions are asked, on cases drawn as for submissions. Is each known mistake
off by at least 100 tolerances on some case? Do any two mistakes answer alike on all cases, so that
no diagnosis could tell them apart? Is right code, in several styles, accepted for every seed?
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import FLOATS, Case
from linclf.course.problems import LOSSES
from linclf.course.student import Wrong
from linclf.grading.audit import exercises as audit_exercises
from linclf.grading.audit import losses as audit_losses
from linclf.grading.audit.fairness import Drawn, Spreads, draw, drawn, spreads, spreads_of
from linclf.grading.audit.findings import LEAST, Audit, ItemAudit, Mistake, Pair, Style
from linclf.grading.audit.functions import right_function, wrong_functions_of
from linclf.grading.audit.styles import styles
from linclf.grading.checks import CHECKS
from linclf.grading.engine import grade
from linclf.grading.intake import read_submission
from linclf.grading.ledger import Ledger
from linclf.grading.seeds import PUBLIC
from linclf.grading.student.local import LocalStudent
from linclf.grading.tiers import choose
from linclf.tolerance import KAPPA

if TYPE_CHECKING:
    from linclf.grading.audit.losses import Parts, Seen
    from linclf.grading.results import Results
    from linclf.grading.rubric import Assignment, Item
    from linclf.mutants import Mutant

__all__ = ["LEAST", "Audit", "ItemAudit", "Mistake", "Pair", "Style", "audit"]

CaseMaker = Callable[["Item", int], Sequence[Case]]
"""``cases(item, seed)``: what an item is graded on."""

Solutions = Mapping[str, Sequence[Callable[..., Any]]]

_NEEDS = {
    "uint8": "shows on pixels of uint8 alone",
    "overflow": "shows at scores where exp overflows alone",
    "spread": "shows where exp underflows alone",
    "square": "shows where N equals C alone",
    "confident": "shows where a probability is nearly 0 alone",
}
_CONSISTENT = "changes the loss by hardly more than a constant"


def audit(
    assignment: Assignment,
    *,
    seeds: int = 1000,
    mistake_seeds: int = 3,
    solutions: Solutions | None = None,
    cases: CaseMaker | None = None,
    jobs: int = 1,
) -> Audit:
    """Test whether the cases of a rubric find mistakes, and leave right code alone.

    Parameters
    ----------
    assignment : Assignment
    seeds : int
        For how many seeds right code must be accepted.
    mistake_seeds : int
        For how many seeds each mistake must be seen.
    solutions : mapping of str to sequences of callables, optional
        Right functions by the name of the function; by default those in ``source/`` of the folder
        of the assignment. The core has some; of those that it has not, `sgd` for instance, these
        are the only ones.
    cases : callable, optional
        ``cases(item, seed)`` returns problems of the losses, instead of those of the profile.
    jobs : int
        Number of processes for the seeds of right code; above 1, a script that calls this needs
        ``if __name__ == "__main__"``.

    Returns
    -------
    Audit

    Raises
    ------
    ValueError
        If a number is not positive.
    TierError
        If the rubric has tests, and asks for more isolation than this machine has.

    Examples
    --------
    >>> from linclf.grading.audit.auditing import audit
    >>> from linclf.grading.rubric import load
    >>> found = audit(load("gradients"), seeds=2, mistake_seeds=1)
    >>> found.ok, [item.id for item in found.items if item.missed]
    (True, [])
    """
    numbers = {"seeds": seeds, "mistake_seeds": mistake_seeds, "jobs": jobs}
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} is {number}; it must be at least 1")
    right = solutions_of(assignment) if solutions is None else solutions
    auditor = _Auditor(assignment, seeds, mistake_seeds, right, cases, jobs)
    return Audit(assignment.id, [auditor.audited(item) for item in assignment.items])


def solutions_of(assignment: Assignment) -> dict[str, list[Callable[..., Any]]]:
    """Return the instructor's solutions: the functions in ``source/`` that are written.

    Parameters
    ----------
    assignment : Assignment
        One that ships has none.
    """
    folder = None if assignment.folder is None else assignment.folder / "source"
    if folder is None or not folder.is_dir():
        return {}
    student = LocalStudent(folder, wanted=tuple(assignment.functions))
    found: dict[str, list[Callable[..., Any]]] = {}
    for name in assignment.functions:
        with suppress(Wrong):  # of what is not there, students will be told
            function = student.function(name)
            if not _is_stub(function):
                found[name] = [function]
    return found


def _is_stub(function: Callable[..., Any]) -> bool:
    """Tell whether a function does nothing but raise NotImplementedError."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    body = list(getattr(tree.body[0], "body", ())) if tree.body else []
    told = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    rest = body[1:] if told else body
    return bool(rest) and isinstance(rest[0], ast.Raise)


@dataclass
class _Auditor:
    assignment: Assignment
    seeds: int
    mistake_seeds: int
    solutions: Solutions
    cases: CaseMaker | None
    jobs: int
    _known: dict[tuple[str, Drawn], Spreads] = field(default_factory=dict)

    def audited(self, item: Item) -> ItemAudit:
        one = ItemAudit(item.id, item.check, item.function, kappa=item.kappa)
        parts = _parts(item)
        if item.check == "test":
            self._test(one, item)
        elif item.check == "own_gradient":
            self._own_gradient(one, item)
        elif parts:
            self._mistakes_of_loss(one, item, parts)
            self._styles_of_loss(one, item, parts)
        else:
            self._function(one, item)
        return one

    # ----------------------------------------------------------------- losses and gradients

    def _mistakes_of_loss(self, one: ItemAudit, item: Item, parts: Parts) -> None:
        loss = _loss(item)
        known = audit_losses.variants(loss)
        mutants = {n: m for n, m in known.items() if audit_losses.concerns(m, parts)}
        least: dict[str, Seen] = {}
        confused: set[tuple[str, str]] = set()
        measured: set[tuple[str, str]] = set()
        for seed in range(self.mistake_seeds):
            graded = audit_losses.Graded(loss, self._cases(item, seed))
            seen = {
                name: graded.seen(graded.answers(mutant), parts, item.kappa)
                for name, mutant in mutants.items()
            }
            new_pairs = audit_losses.confused(seen, LEAST)
            confused |= new_pairs
            measured |= {pair for pair in new_pairs if any(seen[n].measurable for n in pair)}
            for name, new in seen.items():
                if name not in least or new.separation < least[name].separation:
                    least[name] = new
        for name, mutant in mutants.items():
            worst = least[name]
            unseen = worst.separation < LEAST
            excused = _NEEDS[mutant.needs] if unseen and mutant.needs else ""
            one.mistakes.append(Mistake(name, worst.separation, worst.case, excused))
        alike = audit_losses.alike(loss, parts, LEAST)
        hidden = {mistake.id for mistake in one.mistakes if mistake.separation < LEAST}
        hidden |= known.keys() - mutants.keys()
        for pair in sorted(confused):
            left = tuple(_without(name, hidden) for name in pair)
            if "" in left or left[0] == left[1] or (left != pair and {left, left[::-1]} & alike):
                continue  # only what is not seen sets them apart, and that is told already
            finite = pair in measured
            one.pairs.append(Pair(*pair, _why_alike(pair, alike, mutants, finite)))

    def _styles_of_loss(self, one: ItemAudit, item: Item, parts: Parts) -> None:
        loss = _loss(item)
        if self.cases is None:
            which = drawn(_kinds(item))
            new = [each for each in dict.fromkeys(which) if (loss, each) not in self._known]
            found = spreads(loss, new, self.seeds, self.jobs)
            self._known |= {(loss, each): found[each] for each in new}
            together = [self._known[loss, each] for each in which]
        else:
            together = [spreads_of(styles(loss), loss, partial(self._cases, item), self.seeds)]
        self._judge(one, item, parts, together)
        given = dict(self._given(item))
        if given:
            off = spreads_of(given, loss, partial(self._cases, item), self.seeds)
            self._judge(one, item, parts, [off])

    def _judge(self, one: ItemAudit, item: Item, parts: Parts, together: list[Spreads]) -> None:
        """Enter how far off styles are, over several sets of cases."""
        for name in dict.fromkeys(name for name, _ in together[0]):
            worst = np.max([found[name, part] for found in together for part in parts], axis=0)
            refused = int(np.count_nonzero(worst * KAPPA > item.kappa))
            spread = float(worst.max(initial=0.0)) * KAPPA
            one.styles.append(Style(name, self.seeds, refused, spread))

    def _cases(self, item: Item, seed: int) -> Sequence[Case]:
        if self.cases is not None:
            return self.cases(item, seed)
        return [draw(_loss(item), seed, each) for each in drawn(_kinds(item))]

    # --------------------------------------------------------------------- the tests of pytest

    def _test(self, one: ItemAudit, item: Item) -> None:
        """See that the instructor's solution passes; mistakes are made by functions, not files."""
        one.notes.append("a test of pytest: no mistakes were tried")
        if not solutions_of(self.assignment):
            one.notes.append("there is no solution in source/ to try it on")
        else:
            passed = self._graded.item(item.id).status == "passed"
            one.styles.append(Style("source/", 1, int(not passed)))

    @cached_property
    def _graded(self) -> Results:
        """What the solution in source/ earns as a submission, tests and all."""
        assert self.assignment.folder is not None
        tier = choose(required=self.assignment.min_tier)
        submission = read_submission(self.assignment.folder / "source", tier=tier)
        return grade(self.assignment, submission, secret=PUBLIC, tier=tier)

    # ------------------------------------------------------------------- their own gradient

    def _own_gradient(self, one: ItemAudit, item: Item) -> None:
        loss = _loss(item)
        right = right_function(item, None)
        assert right is not None

        def accepts(function: Callable[..., Any], seed: int) -> bool:
            return all(audit_losses.is_own(function, case) for case in self._cases(item, seed))

        for name, mutant in audit_losses.variants(loss).items():
            if mutant.wrong == "both" or mutant.needs:
                continue  # what spoils both may spoil them alike: that is for other items to see
            # A difference quotient is not worth more than six digits: no smaller parts are tried.
            far = [
                audit_exercises.separation(accepts, mutant, right, seed, (1.0, 1.0 / LEAST))
                for seed in range(self.mistake_seeds)
            ]
            least = min(far, default=np.inf)
            hardly = audit_exercises.Partly(mutant, right, 1.0 / LEAST)
            own = least < LEAST and audit_losses.is_own_everywhere(loss, hardly)
            one.mistakes.append(Mistake(name, least, excused=_CONSISTENT if own else ""))
        self._try(one, accepts, {"core": right} | dict(self._given(item)))

    # --------------------------------------------------------------------- other functions

    def _function(self, one: ItemAudit, item: Item) -> None:
        spec = self.assignment.functions.get(item.function)
        accepts = self._accepts(item)
        core = right_function(item, spec)
        tried = ({"core": core} if core is not None else {}) | dict(self._given(item))
        right = next(iter(tried.values()), None)
        wrong = wrong_functions_of(item, spec)
        for name, function in wrong.items():
            far = (
                audit_exercises.separation(accepts, function, right, seed)
                for seed in range(self.mistake_seeds)
            )
            one.mistakes.append(Mistake(name, min(far, default=np.inf)))
        confused = set()
        for seed in range(self.mistake_seeds):
            confused |= audit_exercises.confused(accepts, wrong, seed)
        one.pairs += [Pair(*pair) for pair in sorted(confused)]
        if not wrong:
            one.notes.append("no wrong function is known")
        if right is None:
            one.notes.append("no right function is at hand: hand in solutions to try them")
        self._try(one, accepts, tried)

    def _try(
        self,
        one: ItemAudit,
        accepts: audit_exercises.Accepts,
        functions: Mapping[str, Callable[..., Any]],
    ) -> None:
        """Enter how often right functions are refused."""
        for name, function in functions.items():
            refused = sum(not accepts(function, seed) for seed in range(self.seeds))
            one.styles.append(Style(name, self.seeds, refused))

    def _given(self, item: Item) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Yield the right functions that were handed in for an item."""
        for number, function in enumerate(self.solutions.get(item.function, ()), 1):
            yield f"solution {number}", function

    def _accepts(self, item: Item) -> audit_exercises.Accepts:
        """Return what tells whether the check of an item gives all points."""
        check, spec = CHECKS[item.check], self.assignment.functions.get(item.function)

        def accepts(function: Callable[..., Any], seed: int) -> bool:
            ledger = Ledger(item.points, cases=item.cases, kappa=item.kappa)
            try:
                check(item, LocalStudent({item.function: function}), seed, ledger, spec)
            except Wrong:
                return False
            return ledger.right

        return accepts


def _parts(item: Item) -> Parts:
    """Return which parts of a loss function an item compares with cases; none if it does not."""
    if item.check in ("loss", "gradient"):
        return (item.check,)
    whole = item.check == "exercise" and _exercise(item) in LOSSES
    return ("loss", "gradient") if whole else ()


def _exercise(item: Item) -> str:
    return str(item.options.get("exercise", item.function))


def _loss(item: Item) -> str:
    return item.loss or LOSSES[_exercise(item)]


def _kinds(item: Item) -> tuple[str, ...]:
    return FLOATS if item.check == "exercise" else item.kinds


def _without(name: str, hidden: set[str]) -> str:
    """Return the name of what is left of several mistakes if some are not seen."""
    return "+".join(one for one in name.split("+") if one not in hidden)


def _why_alike(
    pair: tuple[str, str],
    alike: frozenset[tuple[str, str]],
    mutants: Mapping[str, Mutant],
    finite: bool,
) -> str:
    """Return why two mistakes may answer alike; "" if they must not."""
    if pair in alike:
        return "the same mistake as far as this item looks"
    needs = [mutants[name].needs for name in pair]
    if all(needs):
        return "; ".join(dict.fromkeys(_NEEDS[need] for need in needs if need))
    return "" if finite else "neither answer is finite where it is wrong"
