"""The audit: green for what ships, red for cases that were weakened, each for its own reason."""

import json
from dataclasses import replace

import numpy as np
import pytest
from course_mistakes import MISTAKES
from course_solutions import SOLUTIONS
from linclf import course, mutants
from linclf.cases import KINDS, generate
from linclf.grading.audit import LEAST, audit
from linclf.grading.audit import exercises as audit_exercises
from linclf.grading.audit import losses as audit_losses
from linclf.grading.audit.fairness import drawn
from linclf.grading.audit.right import RIGHT
from linclf.grading.audit.styles import styles
from linclf.grading.audit.wrong import wrong_functions
from linclf.grading.rubric import load, shipped
from linclf.losses import Loss

FEW = 4  # seeds of right code; the command takes 1,000


def only(name, id, **changes):
    """A shipped rubric of which one item is left, changed."""
    assignment = load(name)
    return replace(assignment, items=(replace(assignment.item(id), **changes),))


def audited(assignment, **options):
    """What an audit finds about the one item of an assignment."""
    [item] = audit(assignment, seeds=1, mistake_seeds=1, **options).items
    return item


# ------------------------------------------------------------------------------ what ships


@pytest.mark.parametrize("name", shipped())
def test_the_rubrics_that_ship_are_green(name):
    found = audit(load(name), seeds=FEW, mistake_seeds=1, solutions=SOLUTIONS)
    assert found, str(found)
    for item in found.items:
        assert item.mistakes
        assert sum(style.seeds for style in item.styles) >= FEW
        assert not item.notes


def test_without_solutions_it_says_where_no_right_function_was_tried():
    found = audit(load("downhill"), seeds=1, mistake_seeds=1)
    untried = [item.function for item in found.items if item.notes]
    assert untried == [item.function for item in found.items if item.function not in RIGHT]
    assert "no right function" in str(found)


# ------------------------------------------------------------------------- weakened on purpose


def test_without_a_penalty_its_mistakes_are_missed():
    item = audited(only("multiclass_hinge", "loss", profile=("no_penalty",), cases=1))
    assert not item.ok
    missed = {mistake.id for mistake in item.missed}
    assert {"no_penalty", "half_penalty", "penalty_over_n", "penalty_loss_sign"} <= missed
    assert not missed & {"loss_sum", "delta_zero", "squared"}


def test_with_one_sample_nobody_forgets_to_average():
    item = audited(only("multiclass_hinge", "gradient", profile=("one_sample",), cases=1))
    missed = {mistake.id for mistake in item.missed}
    assert {"gradient_sum", "gradient_divided_twice", "last_sample"} <= missed
    assert "no_penalty" not in missed


def tiny(item, seed):
    """Cases as in starter codes: weights of 1e-4, and a penalty of next to nothing."""
    for case in generate(item.loss or "hinge", seed, names=["plain", "two_classes"]):
        yield replace(case, W=1e-4 * case.W, reg=5e-6)


def test_with_tiny_weights_mistakes_in_the_penalty_come_close_to_rounding():
    usual = audited(only("multiclass_hinge", "loss"))
    item = audited(only("multiclass_hinge", "loss"), cases=lambda *which: list(tiny(*which)))
    worst = {m.id: m.separation for m in item.mistakes}
    assert not item.ok
    assert worst["half_penalty"] < LEAST < worst["loss_sum"]
    assert usual.ok


def test_a_generous_tolerance_lets_mistakes_pass():
    assert audited(only("multiclass_hinge", "gradient", kappa=1e6)).ok
    item = audited(only("multiclass_hinge", "gradient", kappa=1e15))
    assert item.missed


def test_too_strict_a_tolerance_refuses_right_code():
    item = audited(only("multiclass_hinge", "gradient", kappa=0.01))
    assert not item.missed
    assert {style.name for style in item.refused} >= {"loops", "float32"}
    assert "refused: loops" in str(audit(only("multiclass_hinge", "gradient", kappa=0.01), seeds=1))


def test_mistakes_that_no_case_tells_apart_are_named():
    """With as many samples as classes, dividing by one or the other is all the same."""
    weak = only("multiclass_hinge", "gradient", profile=("n_equals_c",), cases=1)
    item = audited(weak)
    pairs = {(pair.first, pair.second) for pair in item.ambiguous}
    assert ("gradient_divided_twice", "gradient_mean_over_classes") in pairs
    assert not item.ok
    good = audited(only("multiclass_hinge", "gradient", profile=("plain",), cases=1))
    assert good.ambiguous == []
    assert any(pair.excused for pair in good.pairs)  # gradient_sum and sum: alike in the gradient


def test_a_table_that_always_has_the_same_answer_is_weak():
    assignment = load("features")
    [item] = [item for item in assignment.items if item.check == "array"]
    rows = [row | {"returns": item.options["table"][0]["returns"]} for row in item.options["table"]]
    weak = replace(item, options={"table": rows})
    found = audited(replace(assignment, items=(weak,)))
    assert [mistake.id for mistake in found.missed] == ["always_the_first"]


def test_what_needs_special_data_is_excused_where_there_is_none_and_only_there():
    plain = audited(only("softmax", "loss", profile=("plain",), cases=1))
    assert {m.id for m in plain.mistakes if m.excused} >= {"no_shift", "global_max"}
    assert plain.ok
    large = audited(only("softmax", "large-scores-loss"))
    assert not [m for m in large.mistakes if m.excused]


# -------------------------------------------------------------------------------- right code


@pytest.mark.parametrize("loss", list(Loss))
def test_right_code_of_every_style_is_within_an_eighth_of_the_tolerance(loss):
    """Calibration: float32 is right, and none of the styles comes near the limit of 64 units."""
    for seed in range(3):
        graded = audit_losses.Graded(loss, list(generate(loss, seed, names=KINDS)))
        for name, style in styles(loss).items():
            answers = graded.answers(style)
            far = max(graded.farthest(answers).values())
            assert far < 1 / 8, f"{name}, seed {seed}"
            if name.startswith("float32"):
                assert any(answer.single for answer in answers)


def test_right_answers_of_the_core_solve_the_exercises():
    for name, function in RIGHT.items():
        assert course.check(name, function, 5), name


# ------------------------------------------------------------------------------ wrong functions


def test_every_exercise_has_wrong_functions_and_all_are_wrong():
    for exercise in course.exercises():
        wrong = wrong_functions(exercise.name)
        assert len({one.id for one in wrong}) == len(wrong)
        assert wrong or exercise.name in course.problems.LOSSES
        for one in wrong:
            assert not course.check(exercise.name, one.function, 1), one


def test_they_cover_what_students_get_wrong():
    """Every mistake in a value that the tests of the course know is refused by some wrong one."""
    said = {
        (name, key)
        for name, _, key in MISTAKES
        if wrong_functions(name) and key.partition(".")[2] not in course_form()
    }
    found = {
        (name, finding.ids[0])
        for name in {name for name, _ in said}
        for one in wrong_functions(name)
        for finding in [course.check(name, one.function, 0)]
    }
    assert len(said & found) >= 0.8 * len(said), sorted(said - found)


def course_form():
    """Keys of what is wrong before values are compared."""
    return {
        *("not_callable", "signature", "order", "raised_at", "returns_none", "array", "integers"),
        *("not_deterministic", "number_shape", "differs", "changes", "not_finite", "pair"),
        *("shape_transposed", "shape_summed", "f_shape", "global_maximum", "step_count"),
    }


# ------------------------------------------------------------------------------- the measures


def test_a_mistake_in_part_is_as_wrong_as_the_part():
    partly = audit_exercises.Partly(lambda x: 3.0 * x, lambda x: x, 0.01)
    np.testing.assert_allclose(partly(np.ones(2)), 1.02 * np.ones(2))
    assert partly.possible
    other = audit_exercises.Partly(lambda x: x[:1], lambda x: x, 0.01)
    assert other(np.ones(2)).shape == (1,)
    assert not other.possible


def test_a_mistake_in_place_is_made_in_part():
    def double(W):
        W *= 2

    W = np.ones(3)
    audit_exercises.Partly(double, lambda W: None, 0.25)(W)
    np.testing.assert_array_equal(W, 1.25 * np.ones(3))


@pytest.mark.parametrize(("factor", "expected"), [(2.0, 1e8), (1 + 1e-4, 1e4), (1.0, 0.0)])
def test_separation_is_how_small_a_part_is_still_refused(factor, expected):
    def accepts(function, seed):
        return abs(function(1.0) - 1.0) < 5e-9

    found = audit_exercises.separation(accepts, lambda x: factor * x, lambda x: x, 0)
    assert found == expected


def test_repeated_kinds_are_drawn_anew():
    assert drawn(("plain", "plain")) == (("plain", 0), ("plain", 1))
    item = load("softmax").item("large-scores-loss")
    assert len(set(drawn(item.kinds))) == item.cases


def test_the_number_of_mistakes_is_that_of_the_catalogue():
    both = audited(only("softmax", "whole-exercise"))
    singles = [mistake for mistake in both.mistakes if "+" not in mistake.id]
    assert len(singles) == len(mutants.select("softmax"))
    assert len(both.mistakes) == len(singles) + len(list(mutants.pairs("softmax")))


# ------------------------------------------------------------------ an instructor's own folder

RUBRIC = """
[assignment]
id = "own"
title = "Of my own"
total = 2

[functions.mean]
params = ["X"]
returns = ["N"]

[[items]]
id = "mean"
points = 1
function = "mean"
check = "array"

[[items.table]]
args = [[[1.0, 2.0]]]
returns = [1.5]

[[items.table]]
args = [[[2.0, 4.0], [0.0, 0.0]]]
returns = [3.0, 0.0]

[[items]]
id = "shape"
points = 1
function = "mean"
check = "test"
test = "test_own.py::test_shape"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rubric.toml").write_text(RUBRIC)
    (tmp_path / "test_own.py").write_text(
        "import numpy as np\n\n\ndef test_shape(student):\n"
        "    assert student.mean(np.ones((3, 2))).shape == (3,)\n"
    )
    (tmp_path / "source").mkdir()
    return tmp_path


def solve(folder, body):
    (folder / "source" / "work.py").write_text(f"def mean(X):\n    {body}\n")
    return audit(load(folder), seeds=1, mistake_seeds=1)


def test_the_solution_of_the_instructor_must_be_accepted(folder):
    right = solve(folder, "return X.mean(axis=1)")
    assert right, str(right)
    assert [[style.name for style in item.styles] for item in right.items] == [
        ["core", "solution 1"],
        ["source/"],
    ]
    wrong = solve(folder, "return X.mean(axis=1, keepdims=True)")
    assert [style.name for item in wrong.items for style in item.refused] == [
        "solution 1",
        "source/",
    ]


def test_a_solution_that_is_not_written_yet_is_no_wrong_one(folder):
    found = solve(folder, "raise NotImplementedError")
    assert found
    assert "no solution in source/" in str(found)


# ----------------------------------------------------------------------------------- telling


def test_it_is_told_as_a_table_and_as_json():
    found = audit(load("regularisation"), seeds=2, mistake_seeds=1)
    text, table = str(found), json.loads(found.to_json())
    assert text.splitlines()[0] == "regularisation"
    assert text.endswith("green")
    assert table["ok"] is True
    assert [item["id"] for item in table["items"]] == [item.id for item in found.items]
    assert all(mistake["missed"] is False for mistake in table["items"][0]["mistakes"])
    weak = audit(
        only("multiclass_hinge", "loss", profile=("no_penalty",)), seeds=1, mistake_seeds=1
    )
    assert str(weak).endswith("red")
    assert "loss: missed: no_penalty, " in str(weak)
    assert "alike" not in str(weak)  # what passes for right has no mistake to confuse
    assert json.loads(weak.to_json())["ok"] is False


@pytest.mark.parametrize("name", ["seeds", "mistake_seeds", "jobs"])
def test_numbers_must_be_positive(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        audit(load("gradients"), **{name: 0})
