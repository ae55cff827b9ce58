"""The checks of the course: right solutions pass whatever the seed, typical mistakes are named."""

import numpy as np
import pytest
from course_mistakes import MISTAKES
from course_solutions import SOLUTIONS
from linclf import course

STYLES = [(name, function) for name, styles in SOLUTIONS.items() for function in styles]
SEEDS = range(50)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LINCLF_LANG", "en")


def test_every_exercise_has_a_solution_and_a_wrong_one():
    names = [exercise.name for exercise in course.exercises()]
    assert list(SOLUTIONS) == names
    assert {name for name, _, _ in MISTAKES} == set(names)


@pytest.mark.parametrize(("name", "function"), STYLES, ids=[f.__name__ for _, f in STYLES])
def test_right_solutions_pass(name, function):
    for seed in SEEDS:
        found = course.check(name, function, seed)
        assert found, f"seed {seed}: {found!r}"
        assert found.problems > 0
        assert found.mistakes == ()


@pytest.mark.parametrize(
    ("name", "function", "key"),
    MISTAKES,
    ids=[f"{name}-{function.__name__}" for name, function, _ in MISTAKES],
)
def test_typical_mistakes_are_named(name, function, key):
    for seed in range(5):
        found = course.check(name, function, seed)
        assert not found
        assert found.ids[0] == key, f"seed {seed}: {found!r}"


@pytest.mark.parametrize("exercise", course.exercises(), ids=lambda exercise: exercise.name)
def test_a_stub_says_which_exercise_it_is(exercise):
    scope = {}
    exec(course.stub(exercise.name), scope)
    with pytest.raises(NotImplementedError, match=f"Exercise {exercise.number}: {exercise.name}"):
        scope[exercise.name](*course.problem(exercise.name, 0))
    found = course.check(exercise.name, scope[exercise.name])
    assert found.ids == ("course.not_written",)
    assert exercise.task in str(found)
    assert scope[exercise.name].__doc__.startswith(exercise.task)


@pytest.mark.parametrize(("name", "function"), STYLES, ids=[f.__name__ for _, f in STYLES])
def test_problems_are_what_solutions_take(name, function):
    """And are drawn alike for the same seed."""
    result, again = (function(*course.problem(name, 3)) for _ in range(2))
    np.testing.assert_equal(result, again)


def test_a_function_that_calls_one_that_is_not_written_names_that():
    def sgd_step(W, dW, learning_rate):
        raise NotImplementedError("Exercise 5.1: sgd_step")

    def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
        value, dW = loss(W, X, y)
        sgd_step(W, dW, learning_rate)
        return [value]

    found = course.check("sgd", sgd)
    assert found.ids == ("course.needs_other",)
    assert "do exercise 5.1 first" in repr(found)


def test_an_error_is_shown_with_the_students_own_line():
    def scores(W, X):
        return W @ X  # the wrong way round

    first, second = course.check("scores", scores).mistakes
    assert "return W @ X" in str(first)
    assert "ValueError" in str(first)
    assert "W (7, 5), X (11, 7)" in str(second)


def test_the_message_of_an_assertion_is_the_finding():
    """What pytest shows of ``assert check(...)`` begins with the finding."""
    with pytest.raises(AssertionError) as raised:
        assert course.check("l2_penalty", lambda W, lam: None)
    assert "it returns None: did you forget return?" in str(raised.value)


def test_an_unknown_exercise_gets_a_suggestion():
    with pytest.raises(ValueError, match="did you mean 'hinge_vectorized'"):
        course.check("hinge_vectorised", lambda: None)


def test_the_finding_shows_itself_in_a_notebook():
    good = course.check("scores", SOLUTIONS["scores"][0])._repr_html_()
    bad = course.check("scores", lambda W, X: "<b>")._repr_html_()
    assert "right" in good
    assert "must be a NumPy array" in bad


def test_loops_are_noted_where_none_should_be():
    found = course.check("hinge_vectorized", SOLUTIONS["hinge_loops"][0])
    assert found
    assert [note.key for note in found.notes] == ["course.loop"]
    assert "for i in range" in repr(found)


def test_public_tests_run(tmp_path, monkeypatch):
    """Each is one function that checks the exercise in the module of its notebook."""
    scope = {"__file__": str(tmp_path / "test_exercises.py")}
    for exercise in course.exercises():
        module = tmp_path / f"{exercise.notebook.partition('_')[2]}.py"
        with module.open("a") as file:
            file.write(course.stub(exercise.name) + "\n\n")
    monkeypatch.syspath_prepend(tmp_path)
    exec(compile(course.public_tests(), "test_exercises.py", "exec"), scope)
    tests = [name for name in scope if name.startswith("test_")]
    assert tests == [f"test_{exercise.name}" for exercise in course.exercises()]
    for name in tests:
        with pytest.raises(AssertionError, match=r"Exercise \d\.\d: \w+: not written yet"):
            scope[name]()


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), ("", False)])
def test_fast_mode_is_asked_for_by_the_environment(monkeypatch, value, expected):
    monkeypatch.setenv("LINCLF_COURSE_FAST", value)
    assert course.fast() is expected
