"""The ledger of an item: what is compared how, and what that earns."""

import numpy as np
import pytest
from linclf.course.student import Wrong
from linclf.grading.failures import Timeout
from linclf.grading.ledger import Ledger
from linclf.grading.results import ItemResult
from linclf.messages import say


def settled(ledger):
    item = ItemResult("a", "A", "1", ledger.points)
    ledger.settle(item, "de")
    return item


def test_an_untouched_ledger_says_that_nothing_was_run():
    item = settled(Ledger(300, cases=3))
    assert (item.earned, item.status, item.category) == (0, "not run", "not_run")


def test_cases_earn_their_share_and_never_a_point_too_many():
    ledger = Ledger(100, cases=3)
    for ok in (True, False, True):
        ledger.case(ok)
    assert ledger.earned() == 66
    assert settled(ledger).status == "partial"
    assert [case.id for case in ledger.cases] == ["0", "1", "2"]


def test_all_or_nothing():
    ledger = Ledger(100, cases=2, partial="none")
    ledger.case(True)
    assert ledger.earned() == 0, "one case is still to come"
    ledger.case(True)
    assert (ledger.earned(), settled(ledger).status) == (100, "passed")


def test_a_case_that_was_never_tried_has_not_passed():
    ledger = Ledger(400, cases=4)
    ledger.case(True)
    ledger.fail(Timeout(10.0))
    item = settled(ledger)
    assert (item.earned, item.category, item.cases_passed, item.cases) == (100, "timeout", 1, 4)
    assert "10 s" in item.messages[0].text
    assert item.messages[0].translated not in ("", item.messages[0].text)


def test_a_case_that_is_discarded_counts_for_nobody():
    ledger = Ledger(400, cases=2)
    ledger.discard(say("grading.discarded", case="x", kind="plain"))
    ledger.case(True)
    assert ledger.earned() == 400
    assert settled(ledger).messages == [], "the instructor is told, not the student"
    assert len(ledger.flags) == 1


def test_tampering_earns_nothing_whatever_went_well():
    from linclf.grading.failures import Tampering

    ledger = Ledger(400, cases=2)
    ledger.case(True)
    ledger.credit(0.5)
    ledger.fail(Tampering())
    assert ledger.earned() == 0


def test_credit_is_the_least_that_is_earned():
    ledger = Ledger(1000, cases=10)
    ledger.case(False)
    ledger.credit(0.25)
    assert ledger.earned() == 250
    for _ in range(5):
        ledger.case(True)
    assert ledger.earned() == 500


@pytest.mark.parametrize(
    ("found", "category"),
    [
        (np.ones(3), "right"),
        (np.ones(3) + 2**-46, "right"),
        (np.ones(3) + 1e-12, "wrong_value"),
        (np.ones((3, 1)), "shape"),
        (np.ones((1, 3)), "shape"),
        ([1.0, 1.0, 1.0], "bad_return"),
        (None, "bad_return"),
        (np.array([1.0, np.nan, 1.0]), "not_finite"),
        (np.ones(3, np.float32) * np.float32(1 + 2**-20), "right"),
        (np.ones(3, np.float32) * np.float32(1 + 2**-10), "wrong_value"),
        (np.ones(3, complex), "dtype"),
        (np.array([1, 1, 1], object), "dtype"),
    ],
)
def test_arrays_are_compared_within_rounding(found, category):
    ledger = Ledger(100)
    assert ledger.array("dW", found, np.ones(3)) is (category == "right")
    assert ledger.category == category
    assert (ledger.earned() == 100) is (category == "right")


def test_a_result_in_float32_is_flagged():
    ledger = Ledger(100)
    assert ledger.array("dW", np.ones(3, np.float32), np.ones(3))
    assert [one.key for one in ledger.sentences] == ["course.single"]
    assert settled(ledger).category == "right"


def test_the_majorant_scales_the_tolerance():
    big, small = np.array([1e8, 1e-8]), np.array([1e8, 1.0001e-8])
    assert Ledger(1).array("dW", small, big), "1e-12 is nothing beside 1e8"
    assert not Ledger(1).array("dW", small, big, majorant=np.abs(big))
    assert Ledger(1).array("dW", small, big, majorant=np.abs(big), kappa=1e13)


def test_whole_numbers_are_compared_exactly():
    assert Ledger(1).array("labels", np.array([1, 2]), np.array([1, 2]))
    assert Ledger(1).array("labels", np.array([1, 2], np.uint8), np.array([1, 2]))
    assert not Ledger(1).array("labels", np.array([1.0, 2.0 + 1e-15]), np.array([1, 2]))


@pytest.mark.parametrize("found", [2.0, np.float64(2.0), np.array(2.0), np.float32(2.0), 2])
def test_a_number_comes_in_many_types(found):
    assert Ledger(1).scalar("the loss", found, 2.0)


@pytest.mark.parametrize(
    ("found", "category"),
    [
        (np.array([2.0]), "shape"),
        (True, "bad_return"),
        ("2.0", "bad_return"),
        (None, "bad_return"),
        ((2.0, 2.0), "bad_return"),
        (np.inf, "not_finite"),
        (2.1, "wrong_value"),
        (2j, "bad_return"),
    ],
)
def test_what_is_no_number(found, category):
    ledger = Ledger(1)
    assert not ledger.scalar("the loss", found, 2.0)
    assert ledger.category == category
    assert ledger.sentences


def test_a_gradient_is_held_against_its_own_loss():
    W, X, y = np.ones((2, 2)), np.eye(2), np.array([0, 1])
    ledger = Ledger(200)

    def bowl(W, X, y, reg):
        return (W**4).sum(), 4 * W**3

    def tilted(W, X, y, reg):
        return (W**4).sum(), 3 * W**3

    assert ledger.gradient_of_own_loss(bowl, W, X, y, 0.0)
    assert not ledger.gradient_of_own_loss(tilted, W, X, y, 0.0)
    assert not ledger.gradient_of_own_loss(lambda W, X, y, reg: (1.0, None), W, X, y, 0.0)
    assert [case.category for case in ledger.cases] == ["right", "wrong_gradient", "bad_return"]


def test_awards_replace_what_cases_earn():
    ledger = Ledger(1000)
    ledger.case(True)
    ledger.award(2.5, "a readable report")
    ledger.award(-0.5)
    assert ledger.earned() == 200
    assert "+2.5 points: a readable report" in settled(ledger).messages[0].text
    ledger.award(100)
    assert (ledger.earned(), settled(ledger).status) == (1000, "passed")
    ledger.award(-500)
    assert (ledger.earned(), settled(ledger).status) == (0, "failed")


def test_points_have_two_decimals():
    with pytest.raises(ValueError, match=r"0\.123"):
        Ledger(1000).award(0.123)


def test_one_kind_of_mistake_is_told_once_and_a_note_each_time():
    ledger = Ledger(100)
    for n in (1, 2):
        ledger.case(False, n, "shape", say("course.returns_none"))
        ledger.case(False, n, "shape", say("course.changes", what=f"W{n}"))
        ledger.note(f"note {n}")
    told = [message.text for message in settled(ledger).messages]
    assert [text[:10] for text in told if "changes" in text] == ["changes W1"]
    assert [text for text in told if "note" in text] == ["note 1", "note 2"]
    assert len(told) == 4


def test_messages_do_not_pile_up():
    ledger = Ledger(100)
    for n in range(1000):
        ledger.note(str(n))
    assert len(ledger.sentences) <= 20


def test_what_was_raised_gives_the_category():
    ledger = Ledger(100)
    ledger.wrong(Wrong(say("course.changes", what="X")))
    ledger.wrong(Wrong())
    assert [case.category for case in ledger.cases] == ["mutated", "wrong_value"]
