"""The confusion matrix in small: every mistake is named right, and right code is not blamed."""

import pytest
from correct_styles import SINGLE, STYLES
from linclf import mutants

from benchmarks import confusion

PAIRS = list(mutants.pairs())[::7]


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.id)
def test_a_mistake_is_named_right(mutant):
    result = confusion.tally(mutant, 1, seed=1)
    assert dict(result.named) == {result.truth: 1}
    assert result.certain == 1


@pytest.mark.parametrize("mutant", PAIRS, ids=lambda mutant: mutant.id)
def test_two_mistakes_are_named_right(mutant):
    result = confusion.tally(mutant, 1, seed=2)
    assert dict(result.named) == {result.truth: 1}


@pytest.mark.parametrize("styles", [STYLES, SINGLE], ids=["float64", "float32"])
@pytest.mark.parametrize("loss", STYLES)
def test_right_code_is_not_blamed(loss, styles):
    checks, accused = confusion.blamed(loss, styles[loss], 4, seed=100)
    assert checks == 4 * len(styles[loss])
    assert accused == []


def test_what_is_off_the_diagonal_is_printed(capsys, monkeypatch):
    """A check that is blind makes the script complain."""
    monkeypatch.setattr(confusion, "check_gradient", lambda *_, **__: Right())
    monkeypatch.setattr(mutants, "MUTANTS", mutants.MUTANTS[:2])
    assert confusion.main(["--problems", "2", "--right", "1", "--no-pairs"]) == 1
    printed = capsys.readouterr().out
    assert "hinge/gradient_sum" in printed
    assert "named: passed 2" in printed
    assert "0 of 4 named right (0.00%)" in printed


class Right:
    """What a check returns that finds nothing."""

    diagnosis = None

    def __bool__(self):
        return True


def test_right_code_that_is_blamed_is_printed(capsys, monkeypatch):
    class Wrong(Right):
        findings = ("it is blue",)

        def __bool__(self):
            return False

    monkeypatch.setattr(confusion, "check_gradient", lambda *_, **__: Wrong())
    monkeypatch.setattr(mutants, "MUTANTS", ())
    assert confusion.main(["--right", "1", "--no-pairs", "--loss", "softmax"]) == 1
    printed = capsys.readouterr().out
    assert "4 checks, 4 blamed" in printed
    assert "it is blue" in printed
