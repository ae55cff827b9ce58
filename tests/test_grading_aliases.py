"""Suites of gradescope-utils and okpy are graded after a change of their imports."""

import pytest
from linclf.grading.aliases import leaderboard
from pytest_runs import graded, run_pytest, write

HOMEWORK = """
def double(x):
    return 5 if x == 2 else 2 * x
"""
# As written for gradescope-utils, but for the import and the name of the student's module.
SUITE = '''
import unittest

from linclf.grading.aliases import (
    hide_errors, leaderboard, number, partial_credit, points, tags, visibility, weight,
)
from linclf.grading.aliases import student as calculator


class TestCalculator(unittest.TestCase):
    def setUp(self):
        self.double = calculator.double

    @weight(2)
    @number("1.1")
    @tags("simple", "first")
    def test_double(self):
        """Twice one is two"""
        self.assertEqual(self.double(1), 2)

    @weight(1)
    @number("1.2")
    @visibility("after_published")
    def test_hidden(self):
        self.assertEqual(self.double(2), 4, "words of a hidden test")

    @weight(1)
    @number("1.3")
    @hide_errors("Think of two")
    def test_without_errors(self):
        self.assertEqual(self.double(2), 4, "never shown")

    @weight(1)
    @number("1.4")
    def test_with_words(self):
        self.assertEqual(self.double(2), 161803, "two is special")

    @partial_credit(10.0)
    @number("2.1")
    def test_partial(self, set_score=None):
        set_score(2)
        set_score(7.333, "almost")

    @partial_credit(5.0)
    @number("2.2")
    def test_partial_without_a_score(self, set_score=None):
        pass

    @number("3.1")
    @leaderboard("accuracy")
    def test_board(self, set_leaderboard_value=None):
        set_leaderboard_value(0.93)

    @weight(3)
    @leaderboard("seconds", "asc")
    @number("3.2")
    def test_time(self, set_leaderboard_value=None):
        set_leaderboard_value(1.5)


@points(2)
def test_okpy():
    assert calculator.double(3) == 6


@partial_credit(3)
def test_function(set_score, tmp_path):
    set_score(1.5)
    assert tmp_path.is_dir()
    assert calculator.double(2) == 4, "half of it"


def test_worth_nothing():
    pass
'''


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The results of the suite."""
    folder = tmp_path_factory.mktemp("ported")
    write(folder, hw__py=HOMEWORK, test_suite__py=SUITE)
    return graded(folder)[0]


@pytest.mark.parametrize(
    ("name", "number", "points", "earned", "status"),
    [
        ("test_double", "1.1", 200, 200, "passed"),
        ("test_hidden", "1.2", 100, 0, "failed"),
        ("test_without_errors", "1.3", 100, 0, "failed"),
        ("test_with_words", "1.4", 100, 0, "failed"),
        ("test_partial", "2.1", 1000, 733, "partial"),
        ("test_partial_without_a_score", "2.2", 500, 0, "failed"),
        ("test_board", "3.1", 0, 0, "passed"),
        ("test_time", "3.2", 300, 300, "passed"),
        ("test_okpy", None, 200, 200, "passed"),
        ("test_function", None, 300, 150, "partial"),
    ],
)
def test_decorators_say_what_a_test_is_worth(results, name, number, points, earned, status):
    [item] = [item for item in results.items if item.title == name]
    assert (item.points, item.earned, item.status) == (points, earned, status)
    assert number is None or item.number == number
    assert item.category == ("right" if status == "passed" else "wrong_value")


def test_there_is_an_item_for_every_decorated_test_and_no_other(results):
    assert len(results.items) == 10
    assert results.complete


def test_tags_and_visibility_are_kept(results):
    [double, hidden, *_] = sorted(results.items, key=lambda item: item.number)
    assert double.tags == ["simple", "first"]
    assert hidden.visibility == "after_published"


def test_students_read_what_the_suite_says(results):
    told = {item.title: [message.text for message in item.messages] for item in results.items}
    assert told["test_without_errors"] == ["Think of two"]
    assert told["test_with_words"] == ["two is special"]
    assert told["test_partial"] == ["almost"]
    assert told["test_function"] == ["half of it"]
    assert "161803" not in results.to_json()


def test_the_leaderboard_is_noted(results):
    notes = [note.text for note in results.notes]
    assert "leaderboard: accuracy = 0.93 (desc)" in notes
    assert "leaderboard: seconds = 1.5 (asc)" in notes


def test_an_order_of_the_leaderboard_that_is_none_is_refused():
    with pytest.raises(ValueError, match="sort_order is 'up'"):
        leaderboard("accuracy", "up")


def test_outside_of_grading_the_student_is_asked_for(tmp_path):
    write(tmp_path, test_suite__py=SUITE)
    _, output = run_pytest(tmp_path, "-k", "okpy", expect=1)
    assert "name a submission" in output
