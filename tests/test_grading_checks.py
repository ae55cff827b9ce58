"""The kinds of check: right code of every style earns all, mistakes cost what they spoil."""

import correct_styles
import course_solutions
import linclf
import numpy as np
import pytest
from linclf.cases import FLOATS, KINDS, generate
from linclf.course import exercises
from linclf.course.student import Wrong
from linclf.diagnosis import Answer
from linclf.grading.checks import CHECKS
from linclf.grading.checks.reference import agrees, draw, formula
from linclf.grading.ledger import Ledger
from linclf.grading.results import ItemResult
from linclf.grading.rubric import CHECKS as NAMES
from linclf.grading.rubric import FunctionSpec, Item
from linclf.grading.student.local import LocalStudent
from linclf.messages import say

STYLES = {
    name: getattr(correct_styles, name)
    for name in dir(correct_styles)
    if name.startswith(("hinge_", "softmax_"))
}
SOME = ("plain", "n_equals_c", "no_penalty", "large_penalty", "strided")


def checked(check, function, *, seed=7, spec=None, cases=5, **options):
    """Return the record of an item and its ledger."""
    item = Item(
        "it", "It", "1", 1000, function="f", check=check, cases=cases,
        **{"profile": SOME if check in ("loss", "gradient", "own_gradient") else (), **options},
    )  # fmt: skip
    ledger = Ledger(item.points, cases=item.cases, partial=item.partial, kappa=item.kappa)
    try:
        CHECKS[check](item, LocalStudent({"f": function}), seed, ledger, spec)
    except Wrong as wrong:
        ledger.fail(wrong)
    result = ItemResult("it", "It", "1", item.points)
    ledger.settle(result, "de")
    result.certain = ledger.certain
    return result


def plain(function):
    """Return a function that `inspect` sees the parameters of a loss function in."""

    def loss_function(W, X, y, reg):
        return function(W, X, y, reg)

    return loss_function


def hinge(W, X, y, reg):
    return correct_styles.hinge_vectorised(W, X, y, reg)


def keys(result):
    return [message.key for message in result.messages]


def test_every_check_of_a_rubric_is_there():
    assert set(CHECKS) == set(NAMES) - {"test"}


# ------------------------------------------------------------------------- the reference


@pytest.mark.parametrize("loss", list(linclf.Loss))
def test_the_formulas_and_the_core_agree_on_every_kind_of_case(loss):
    for seed in range(3):
        for case in generate(loss, seed):
            assert agrees(loss, Answer(case.W, case.X, case.y, case.reg, 0.0, case.W)), case


def test_a_case_in_doubt_is_left_out_and_told_to_the_instructor(monkeypatch):
    from linclf.grading.checks import reference

    monkeypatch.setitem(reference._ROWS, "hinge", reference._ROWS["squared_hinge"])
    result = checked("loss", hinge, loss="hinge")
    assert (result.cases, result.earned, result.status) == (0, 0, "not run")
    ledger = Ledger(100, cases=2)
    assert list(draw("hinge", 1, ("plain", "plain"), ledger)) == []
    assert [flag.key for flag in ledger.flags] == ["grading.discarded"] * 2


def test_the_same_seed_draws_the_same_cases_and_another_seed_others():
    def drawn(seed):
        return [case.W for _, case in draw("hinge", seed, ("plain", "plain"), Ledger(1, cases=2))]

    first, again, other = drawn(3), drawn(3), drawn(4)
    assert all(map(np.array_equal, first, again))
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], other[0])


def test_a_formula_answers_for_itself():
    value, dW = formula("softmax", np.zeros((2, 2)), np.eye(2), np.array([0, 1]), 0.0)
    assert value == pytest.approx(np.log(2))
    np.testing.assert_allclose(dW, [[-0.25, 0.25], [0.25, -0.25]])


# ------------------------------------------------------------- losses and their gradients


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("check", ["loss", "gradient", "own_gradient"])
def test_right_code_earns_all(check, style):
    honest = tuple(name for name in FLOATS if style != "softmax_log" or name in SOME)
    result = checked(check, STYLES[style], loss=style.partition("_")[0], profile=honest, cases=14)
    assert (result.earned, result.category, result.status) == (1000, "right", "passed")
    assert result.cases_passed == result.cases == 14


@pytest.mark.parametrize(
    "id",
    [
        "hinge/gradient_sum",
        "hinge/no_penalty_gradient",
        "hinge/correct_once",
        "softmax/no_minus_one",
    ],
)
def test_a_mistake_in_the_gradient_costs_nothing_of_the_loss(id):
    wrong, loss = plain(linclf.mutants.get(id)), id.partition("/")[0]
    assert checked("loss", wrong, loss=loss).earned == 1000
    result = checked("gradient", wrong, loss=loss)
    assert result.earned < 1000
    assert result.category == "wrong_gradient"
    assert result.mistakes == [id.partition("/")[2]]
    assert result.certain == tuple(result.mistakes)
    assert keys(result)[0] == "diagnosis.verdict_gradient"
    assert all(message.translated for message in result.messages)


@pytest.mark.parametrize("id", ["hinge/half_penalty_loss", "hinge/loss_sum", "softmax/log10"])
def test_a_mistake_in_the_loss_costs_nothing_of_the_gradient(id):
    wrong, loss = plain(linclf.mutants.get(id)), id.partition("/")[0]
    assert checked("gradient", wrong, loss=loss).earned == 1000
    result = checked("loss", wrong, loss=loss)
    assert result.earned < 1000
    assert result.category == "wrong_value"
    assert result.mistakes == [id.partition("/")[2]]


@pytest.mark.parametrize("id", ["hinge/squared", "hinge/delta_zero", "hinge/sum", "softmax/sum"])
def test_a_consistent_gradient_of_a_wrong_loss_earns_its_points(id):
    wrong, loss = plain(linclf.mutants.get(id)), id.partition("/")[0]
    assert checked("loss", wrong, loss=loss).earned < 500
    assert checked("own_gradient", wrong, loss=loss).earned == 1000


@pytest.mark.parametrize(
    "id", ["hinge/gradient_sum", "hinge/half_penalty_loss", "softmax/no_penalty_gradient"]
)
def test_an_inconsistent_gradient_earns_none_of_them(id):
    wrong, loss = plain(linclf.mutants.get(id)), id.partition("/")[0]
    profile = ("plain", "large_penalty", "two_classes")
    result = checked("own_gradient", wrong, loss=loss, profile=profile, cases=3)
    assert (result.earned, result.category) == (0, "wrong_gradient")
    assert len(set(keys(result))) == len(keys(result)), "one sentence of a kind"
    assert id.partition("/")[2] in result.mistakes


def test_partial_credit_is_proportional_to_the_cases():
    def only_square(W, X, y, reg):
        if len(X) != W.shape[1]:
            raise ValueError("shapes do not match")
        return hinge(W, X, y, reg)

    result = checked("loss", only_square, loss="hinge")
    assert (result.earned, result.cases_passed, result.status) == (200, 1, "partial")
    assert result.category == "exception"
    assert "shapes do not match" in result.messages[0].text
    assert checked("loss", only_square, loss="hinge", partial="none").earned == 0


def test_the_kinds_that_fail_are_told_if_most_pass():
    def only_int64(W, X, y, reg):
        if y.dtype != np.int64:
            raise TypeError("labels")
        return hinge(W, X, y, reg)

    for check in ("loss", "gradient", "own_gradient"):
        result = checked(check, only_int64, loss="hinge", profile=FLOATS, cases=14)
        [told] = [message for message in result.messages if message.key == "grading.cases"]
        assert told.text == "failed cases: int32 labels, uint8 labels"
        assert told.translated == "nicht bestanden: Labels in int32, Labels in uint8"
    mostly = checked("gradient", plain(linclf.mutants.get("hinge/gradient_sum")), loss="hinge")
    assert "grading.cases" not in keys(mostly)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_case_has_its_words(kind):
    assert str(say(f"grading.kind.{kind}")) == KINDS[kind].about


def test_a_result_in_float32_is_right_and_flagged():
    def single(W, X, y, reg):
        loss, dW = hinge(W.astype(np.float32), X.astype(np.float32), y, reg)
        return loss, dW.astype(np.float32)

    def hidden_single(W, X, y, reg):
        loss, dW = single(W, X, y, reg)
        return float(loss), dW.astype(np.float64)

    for function in (single, hidden_single):
        for check in ("loss", "gradient", "own_gradient"):
            result = checked(check, function, loss="hinge")
            assert result.earned == 1000, (function.__name__, check, result)
        assert "course.single" in keys(checked("gradient", function, loss="hinge"))


@pytest.mark.parametrize(
    ("function", "category"),
    [
        (lambda W, X, y, reg: (np.inf, W), "not_finite"),
        (lambda W, X, y, reg: (np.array([1.0]), W), "shape"),
        (lambda W, X, y, reg: None, "bad_return"),
        (lambda W, X, y, reg: 1.0, "bad_return"),
        (lambda W, X, y, reg: ("1", W), "bad_return"),
        (lambda W, X, y: (1.0, W), "signature"),
        (lambda X, W, y, reg: (1.0, W), "signature"),
        (lambda W, X, y, reg: 1 / 0, "exception"),
    ],
)
def test_what_is_wrong_is_put_into_a_category(function, category):
    result = checked("loss", function, loss="hinge")
    assert (result.earned, result.category) == (0, category)
    assert result.messages
    assert result.cases == 5


def test_junk_in_one_part_costs_nothing_of_the_other():
    assert (
        checked("loss", lambda W, X, y, reg: (hinge(W, X, y, reg)[0], 0), loss="hinge").earned
        == 1000
    )
    result = checked("gradient", lambda W, X, y, reg: ("?", hinge(W, X, y, reg)[1]), loss="hinge")
    assert result.earned == 1000


def test_a_transposed_gradient_is_a_matter_of_shape():
    result = checked("gradient", lambda W, X, y, reg: (0.0, hinge(W, X, y, reg)[1].T), loss="hinge")
    assert result.category == "shape"
    assert "transpose" in result.messages[0].text


def test_changed_operands_are_named():
    def spoils(W, X, y, reg):
        answer = hinge(W, X, y, reg)
        X *= 2
        return answer

    result = checked("loss", spoils, loss="hinge")
    assert (result.earned, result.category) == (0, "mutated")
    assert result.messages[0].text == "changes X: work on a copy, X.copy()"


def test_what_a_rubric_lets_change_may_change():
    def spoils(W, X, y, reg):
        answer = hinge(W, X, y, reg)
        X *= 2
        return answer

    spec = FunctionSpec(("W", "X", "y", "reg"), may_mutate=("X",))
    assert checked("loss", spoils, loss="hinge", spec=spec).earned == 1000


@pytest.mark.parametrize("check", ["loss", "gradient", "own_gradient"])
def test_answers_that_depend_on_earlier_questions_are_refused(check):
    last = [None]

    def one_behind(W, X, y, reg):
        answer = hinge(W, X, y, reg)
        answer, last[0] = last[0] or answer, answer
        return answer[0], answer[1] if answer[1].shape == W.shape else np.ones(W.shape)

    result = checked(check, one_behind, loss="hinge", profile=("plain",), cases=2)
    assert result.earned == 0 or check == "own_gradient"
    assert result.category == ("wrong_gradient" if check == "own_gradient" else "unstable")


def test_one_case_is_enough_to_see_that_answers_depend_on_others():
    seen = []

    def counts(W, X, y, reg):
        seen.append(float(W[0, 0]))
        value, dW = hinge(W, X, y, reg)
        return value + (seen[0] != seen[-1] or len(set(seen)) > 1), dW

    result = checked("loss", counts, loss="hinge", profile=("plain",), cases=1)
    assert (result.category, result.earned) == ("unstable", 0)


def test_noise_is_refused():
    rng = np.random.default_rng(0)
    result = checked(
        "loss", lambda W, X, y, reg: (hinge(W, X, y, reg)[0] + rng.normal(), W), loss="hinge"
    )
    assert (result.category, result.earned) == ("unstable", 0)


def test_operands_come_in_the_order_of_the_rubric():
    spec = FunctionSpec(("X", "y", "W", "reg"))
    result = checked("loss", lambda X, y, W, reg: hinge(W, X, y, reg), loss="hinge", spec=spec)
    assert result.earned == 1000
    named = FunctionSpec(("theta", "data", "labels", "lam"))
    result = checked(
        "loss", lambda theta, data, labels, lam: hinge(theta, data, labels, lam),
        loss="hinge", spec=named,
    )  # fmt: skip
    assert result.earned == 1000


@pytest.mark.parametrize(
    ("check", "returns", "part"), [("loss", ("",), 0), ("gradient", ("D, C",), 1)]
)
def test_a_function_may_return_one_part_alone(check, returns, part):
    spec = FunctionSpec(("W", "X", "y", "reg"), returns)
    right = checked(check, lambda W, X, y, reg: hinge(W, X, y, reg)[part], loss="hinge", spec=spec)
    assert right.earned == 1000
    mutant = linclf.mutants.get("hinge/sum")
    wrong = checked(check, lambda W, X, y, reg: mutant(W, X, y, reg)[part], loss="hinge", spec=spec)
    assert wrong.earned == 0
    assert any("divide" in message.text for message in wrong.messages), wrong.messages


def test_parts_may_come_the_other_way_round():
    spec = FunctionSpec(("W", "X", "y", "reg"), ("D, C", ""))
    swapped = plain(lambda *operands: hinge(*operands)[::-1])
    for check in ("loss", "gradient", "own_gradient"):
        assert checked(check, swapped, loss="hinge", spec=spec).earned == 1000
        assert checked(check, hinge, loss="hinge", spec=spec).earned == 0


def test_own_gradient_needs_both_parts():
    spec = FunctionSpec(("W", "X", "y", "reg"), ("",))
    with pytest.raises(ValueError, match="returns has 1 part"):
        checked("own_gradient", hinge, loss="hinge", spec=spec)


def test_a_loss_with_kinks_of_its_own_is_differentiated_beside_them():
    def absolute(W, X, y, reg):
        return np.abs(W).sum() + np.abs(W[0] - 1e-9).sum(), np.sign(W) + np.sign(W - 1e-9) * (
            np.arange(len(W))[:, None] == 0
        )

    result = checked("own_gradient", absolute, loss="hinge")
    assert result.earned == 1000


def test_a_loss_without_a_derivative_is_not_right():
    noise = np.random.default_rng(0)

    def rough(W, X, y, reg):
        return float(noise.normal()), np.zeros(W.shape)

    assert checked("own_gradient", rough, loss="hinge").earned == 0


@pytest.mark.parametrize(("value", "slope"), [(0.0, 0.0), (7.0, 0.0), (1e300, 1.0), (1e9, 1e-3)])
def test_a_loss_that_does_not_follow_w_has_no_right_gradient(value, slope):
    """Nor has an untouched stub, which returns zeros."""

    def flat(W, X, y, reg):
        return value, np.full(W.shape, slope)

    result = checked("own_gradient", flat, loss="hinge")
    assert (result.earned, result.category) == (0, "wrong_gradient")
    assert keys(result)[0] == "grading.own_flat"


def test_the_tolerance_follows_kappa():
    def slightly_off(W, X, y, reg):
        value, dW = hinge(W, X, y, reg)
        return value * 1.001, dW * 1.001

    for check in ("loss", "gradient"):
        assert checked(check, slightly_off, loss="hinge").earned == 0
        assert checked(check, slightly_off, loss="hinge", kappa=6.4e14).earned == 1000


def test_an_item_that_is_not_written_is_told_so():
    def f(W, X, y, reg):
        raise NotImplementedError("Exercise 1.3: hinge_vectorized")

    result = checked("loss", f, loss="hinge")
    assert (result.earned, result.category, len(result.messages)) == (0, "not_written", 1)


def junk():
    """Return what functions may return that is of no use, by name."""
    big = 1e308
    of_shape = {
        "huge": lambda shape: np.full(shape, big),
        "mixed": lambda shape: np.where(np.indices(shape).sum(axis=0) % 2, big, -big),
        "nan": lambda shape: np.full(shape, np.nan),
        "tiny": lambda shape: np.full(shape, 5e-324),
        "single": lambda shape: np.full(shape, 3e38, np.float32),
        "complex": lambda shape: np.full(shape, 1j),
        "object": lambda shape: np.full(shape, None),
        "text": lambda shape: np.full(shape, "x"),
        "truth": lambda shape: np.ones(shape, bool),
        "bytes": lambda shape: np.ones(shape, np.uint8),
        "masked": lambda shape: np.ma.masked_all(shape),
        "dates": lambda shape: np.zeros(shape, "M8[s]"),
        "scalar": lambda shape: np.float64(1.0),
        "none": lambda shape: None,
        "empty": lambda shape: np.zeros(0),
        "deep": lambda shape: np.zeros((1,) * 20),
        "list": lambda shape: [[1.0]] * 3,
        "ragged": lambda shape: [[1.0], [1.0, 2.0]],
        "dict": lambda shape: {"a": 1},
        "function": lambda shape: len,
        "slice": lambda shape: slice(None),
        "ones": lambda shape: np.ones(shape),
    }
    numbers = [0.0, big, -big, np.nan, -np.inf, 5e-324, 10**400, 1j, None, "1", [1.0], True,
               np.float32(1e38), np.array([2.0]), np.array(2.0), np.ma.masked, b"1"]  # fmt: skip
    pairs = [(n, of_shape["ones"]) for n in numbers]
    return pairs + [(1.0, make) for make in of_shape.values()] + [(big, of_shape["huge"])]


@pytest.mark.parametrize("loss", ["hinge", "softmax"])
@pytest.mark.parametrize("check", ["loss", "gradient", "own_gradient"])
def test_no_junk_is_right_and_none_breaks_the_check(check, loss):
    for number, make in junk():
        result = checked(check, plain(lambda W, *_: (number, make(W.shape))), loss=loss, cases=2)  # noqa: B023
        assert result.status == "failed", (number, make)
        assert result.messages, (number, make)


@pytest.mark.parametrize(
    ("check", "options", "names"),
    [
        ("predict", {}, "W, X"),
        ("sgd_step", {"spec": FunctionSpec(("W", "dW", "learning_rate"), ("D, C",))}, "W, dW, lr"),
        ("array", {"options": {"table": [{"args": [1.0], "returns": [[1.5, 2.5]]}]}}, "a"),
        *(("exercise", {"options": {"exercise": one.name}}, one.signature) for one in exercises()),
    ],
)
def test_no_junk_breaks_the_other_checks(check, options, names):
    parameters = ", ".join(part.split("=")[0] for part in names.split(","))
    for number, make in junk():
        for value in (number, make((7, 5)), (number, make((7, 5))), (make((7, 5)), number)):
            function = eval(f"lambda {parameters}: value", {"value": value})
            result = checked(check, function, cases=1, **options)
            assert result.status == "failed", value
            assert result.messages


# ------------------------------------------------------------------------------- the others


@pytest.mark.parametrize("name", [one.name for one in exercises()])
def test_solutions_of_the_course_earn_all(name):
    solution = getattr(course_solutions, name)
    result = checked("exercise", solution, options={"exercise": name}, cases=2)
    assert (result.earned, result.category) == (1000, "right")


def test_a_mistake_in_an_exercise_is_named():
    result = checked(
        "exercise", lambda W, lam: (lam * (W**2).sum(), lam * W), options={"exercise": "l2_penalty"}
    )
    assert (result.earned, result.category) == (0, "wrong_value")
    assert result.mistakes == ["course.factor_half"]
    assert result.certain == ("course.factor_half",)
    assert len(result.messages) == 1


def test_an_exercise_gets_other_problems_for_another_seed():
    seen = []

    def scores(W, X):
        seen.append(W.copy())
        return X @ W

    checked("exercise", scores, options={"exercise": "scores"}, cases=1, seed=1)
    checked("exercise", scores, options={"exercise": "scores"}, cases=1, seed=2)
    half = len(seen) // 2
    assert not any(np.array_equal(seen[0], other) for other in seen[half:])


@pytest.mark.parametrize(
    ("function", "earned", "key"),
    [
        (lambda W, X: (X @ W).argmax(axis=1), 1000, None),
        (lambda W, X: [0], 0, "course.array"),
        (lambda W, X: (X @ W).argmin(axis=1), 0, "grading.predict_lowest"),
        (lambda W, X: (X @ W).argmax(axis=0), 0, "course.shape"),
        (lambda W, X: np.minimum((X @ W).argmax(axis=1), 1), 200, "grading.predict_differs"),
        (lambda W, X: (X @ W).argmax(axis=1)[:, None], 0, "course.shape_ones"),
    ],
)
def test_predict(function, earned, key):
    result = checked("predict", function)
    assert result.earned == earned
    assert key is None or key in keys(result)


def test_predict_remembers_nothing():
    last = [None]

    def remembers(W, X):
        if last[0] is not None and last[0].shape == (len(X),):
            return last[0] * 0
        last[0] = (X @ W).argmax(axis=1)
        return last[0]

    assert checked("predict", remembers, cases=1).category == "unstable"


def in_place(W, dW, learning_rate):
    W -= learning_rate * dW


def returned(W, dW, learning_rate):
    return W - learning_rate * dW


def ascent(W, dW, learning_rate):
    W += learning_rate * dW


RETURNS = FunctionSpec(("W", "dW", "learning_rate"), ("D, C",))


@pytest.mark.parametrize(
    ("function", "spec", "earned", "key"),
    [
        (in_place, None, 1000, None),
        (returned, None, 0, "course.step_local"),
        (ascent, None, 0, "course.ascent"),
        (returned, RETURNS, 1000, None),
        (in_place, RETURNS, 0, "course.changes"),
        (lambda W, dW, learning_rate: W - dW, RETURNS, 0, "course.rate_missing"),
        (lambda W, dW, learning_rate: None, RETURNS, 0, "course.returns_none"),
    ],
)
def test_a_step_downhill(function, spec, earned, key):
    result = checked("sgd_step", function, spec=spec)
    assert result.earned == earned
    assert key is None or key in keys(result)


TABLE = [
    {"args": [[[1.0, 2.0], [3.0, 4.0]], 0], "returns": [4.0, 6.0]},
    {"args": [[[1, 2], [3, 4]], 1], "returns": [3, 7]},
    {"args": [[[0.5, 0.25]], 1], "returns": [0.75], "dtype": "float32"},
]


@pytest.mark.parametrize(
    ("function", "earned", "category"),
    [
        (lambda a, axis: a.sum(axis=axis), 1000, "right"),
        (lambda a, axis: a.sum(axis=axis, keepdims=True), 0, "shape"),
        (lambda a, axis: a.sum(axis=0), 333, "wrong_value"),
        (lambda a, axis: a.sum(axis=axis) / 0.0 if axis else a.sum(axis=0), 333, "not_finite"),
    ],
)
def test_a_table_of_arrays(function, earned, category):
    spec = FunctionSpec(("a", "axis"))
    result = checked("array", function, options={"table": TABLE}, cases=3, spec=spec)
    assert (result.earned, result.category) == (earned, category)


def test_a_table_says_its_dtypes():
    seen = []

    def f(a, axis):
        seen.append((a.dtype, type(axis)))
        return a.sum(axis=axis)

    checked("array", f, options={"table": TABLE}, cases=3)
    assert seen[:3] == [(np.float64, int), (np.int64, int), (np.float32, int)]


def test_a_table_takes_numbers_texts_and_truth():
    table = [
        {"args": [1.0], "returns": 2.0},
        {"args": ["a"], "returns": "aa"},
        {"args": [True], "returns": True},
    ]

    def doubled(value):
        return value if value is True else 2 * value

    assert checked("array", doubled, options={"table": table}, cases=3).earned == 1000
    result = checked("array", lambda value: 2 * value, options={"table": table}, cases=3)
    assert (result.cases_passed, keys(result)) == (2, ["grading.differs"])


def test_a_profile_that_ends_begins_again():
    seen = set()

    def f(W, X, y, reg):
        seen.add(X.shape)
        return hinge(W, X, y, reg)

    result = checked("loss", f, loss="hinge", profile=("plain", "n_equals_c"), cases=7)
    assert result.cases_passed == 7
    assert {KINDS["plain"].sizes[:2], KINDS["n_equals_c"].sizes[:2]} <= seen
