"""``python -m benchmarks.confusion``: are mistakes named right, and is right code spared?

Every mutant, and every common pair of mistakes, is checked on random problems, and what was named
is counted against what was made: a confusion matrix, of which only what is off the diagonal is
printed. Then right implementations, written in several styles, are checked on many more problems:
none may be blamed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from linclf import check_gradient, mutants
from linclf.cases import FLOATS, generate
from linclf.diagnosis.answers import Answer
from linclf.diagnosis.probes import stressful
from linclf.mutants import Mutant

__all__ = ["Tally", "blamed", "main", "problems", "styles", "tally"]

Problem = tuple[Any, Any, Any, Any]
Styles = dict[str, tuple[Callable[..., Any], ...]]

_CASES = {None: "plain", "uint8": "uint8_pixels", "square": "n_equals_c"}
_STRESSFUL = {"no_shift": "overflow", "global_max": "spread", "log_of_zero": "underflow"}


@dataclass
class Tally:
    """What was named, out of so many problems.

    Attributes
    ----------
    mutant : Mutant
        What was checked.
    problems : int
        How often.
    named : Counter
        How often each set of mistakes was named, by their ids joined by "+".
    certain : int
        How often the right one was named without "looks like".
    """

    mutant: Mutant
    problems: int = 0
    named: Counter[str] = field(default_factory=Counter)
    certain: int = 0

    @property
    def truth(self) -> str:
        """What should have been named."""
        return _joined(mistake.id for mistake in self.mutant.mistakes)

    @property
    def right(self) -> int:
        """How often it was."""
        return self.named[self.truth]


def _joined(ids: Iterable[str]) -> str:
    return "+".join(sorted(ids)) or "passed"


def problems(mutant: Mutant, seed: int) -> Iterator[Problem]:
    """Yield random problems on which a mutant answers wrong, by their seeds from `seed` on."""
    while True:
        operands = _problem(mutant, seed)
        if _shows(mutant, operands):
            yield operands
        seed += 1


def _shows(mutant: Mutant, operands: Problem) -> bool:
    """Tell whether a mutant answers wrong: a sample that it forgets may have no loss."""
    answer = Answer(*operands, *mutant(*operands))
    expected = answer.expected(mutant.loss)
    return not (expected.value_fits(answer.value) and expected.gradient_fits(answer.gradient))


def _problem(mutant: Mutant, seed: int) -> Problem:
    if mutant.needs in _CASES:
        [case] = generate(mutant.loss, seed, names=[_CASES[mutant.needs]])
        return case.operands
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(11, 7))
    W, y = rng.normal(size=(7, 5)), rng.integers(5, size=11)
    if mutant.needs == "confident":  # right or wrong by far, so that probabilities are near 0
        return 12.0 * W, X, y, 0.01
    plain = Answer(W, X, y, 0.0, 0.0, W)
    W, X, y = stressful(plain, rng)[_STRESSFUL[mutant.mistakes[0].id]]
    return W, X, y, 1e-6


def tally(mutant: Mutant, count: int, seed: int = 0) -> Tally:
    """Check a mutant on random problems and return what was named."""
    result = Tally(mutant)
    for operands in islice(problems(mutant, seed), count):
        result.problems += 1
        try:
            check = check_gradient(mutant, *operands, loss=mutant.loss, rng=seed)
        except ValueError as error:  # of a gradient of another shape
            named = "transposed" if "its transpose" in str(error) else "error"
            sure = named == "transposed"
        else:
            findings = () if check.diagnosis is None else check.diagnosis.findings
            named = "passed" if check else _joined(finding.id for finding in findings)
            sure = all(finding.exact for finding in findings)
        result.named[named] += 1
        result.certain += sure and named == result.truth
    return result


def blamed(
    loss: str, functions: Iterable[Callable[..., Any]], count: int, seed: int = 0
) -> tuple[int, list[str]]:
    """Check right functions on random problems of all kinds; return how many, and who was blamed.

    They are checked both with their loss named and without. Scores so large that the logarithm of
    a probability overflows, as most people write it, are left out.
    """
    checks, accused = 0, []
    names = [name for name in FLOATS if name not in ("large_scores", "integer_values")]
    for function in functions:
        for k in range(count):
            [case] = generate(loss, seed + k, names=[names[k % len(names)]])
            check = check_gradient(
                function, *case.operands, loss=loss if k % 2 else None, rng=seed + k
            )
            checks += 1
            if not check:
                accused.append(f"{function.__name__} on {case!r}: {'; '.join(check.findings)}")
    return checks, accused


def styles() -> tuple[Styles, Styles]:
    """Return the right implementations by loss, and those in float32. They are not shipped."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    try:
        from correct_styles import SINGLE, STYLES  # type: ignore[import-not-found]
    finally:
        del sys.path[0]
    return STYLES, SINGLE


def report(tallies: Sequence[Tally]) -> list[str]:
    """Return the lines of the matrix that are worth reading, and its sums."""
    lines = []
    for each in tallies:
        others = {name: n for name, n in each.named.items() if name != each.truth}
        if others:
            told = ", ".join(f"{name} {n}" for name, n in sorted(others.items()))
            lines.append(f"{each.mutant.id:<52} {each.right:>4}/{each.problems}   named: {told}")
    right, certain = sum(t.right for t in tallies), sum(t.certain for t in tallies)
    total = sum(t.problems for t in tallies)
    perfect = sum(t.right == t.problems for t in tallies)
    lines.append(
        f"{len(tallies)} mutants: {right} of {total} named right ({right / max(total, 1):.2%}), "
        f"{certain} of them with certainty; {perfect} mutants named right every time"
    )
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Print the matrix; return 1 if right code was blamed or a mistake passed."""
    words = _parser().parse_args(argv)
    count = (3 if words.quick else 50) if words.problems is None else words.problems
    right = (13 if words.quick else 1000) if words.right is None else words.right
    chosen = [m for m in mutants.MUTANTS if words.loss in (None, m.loss)]
    pairs = [] if words.no_pairs else list(mutants.pairs(words.loss))
    passed = 0
    for title, group in (("Single mistakes", chosen), ("Pairs of mistakes", pairs)):
        if not (count and group):
            continue
        tallies = [tally(mutant, count, words.seed) for mutant in group]
        passed += sum(each.named["passed"] for each in tallies)
        print(f"{title}, {count} problems each", *report(tallies), "", sep="\n", flush=True)
    accused: list[str] = []
    for name, table in zip(("float64", "float32"), styles(), strict=True):
        for loss, functions in table.items():
            if words.loss in (None, loss):
                number = right if name == "float64" else right // 5
                checks, found = blamed(loss, functions, number, words.seed)
                print(f"Right {loss} in {name}, {len(functions)} styles: {checks} checks, "
                      f"{len(found)} blamed", flush=True)  # fmt: skip
                accused += found
    print(*accused[:20], sep="\n")
    return 1 if accused or passed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confusion", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few problems")
    parser.add_argument("--problems", type=int, help="problems for each mutant (50)")
    parser.add_argument("--right", type=int, help="problems for each right function (1000)")
    parser.add_argument("--loss", choices=["hinge", "softmax"], help="one loss only")
    parser.add_argument("--no-pairs", action="store_true", help="single mistakes only")
    parser.add_argument("--seed", type=int, default=0, help="of the first problem (0)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
