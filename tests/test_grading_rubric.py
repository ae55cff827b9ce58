"""Rubrics: those that ship are in order, and whatever is wrong with one is named with its fix."""

import copy
import json
import tomllib

import pytest
from linclf.cases import FLOATS, KINDS
from linclf.course import exercises
from linclf.grading.rubric import (
    CHECKS,
    SCHEMA,
    FunctionSpec,
    RubricError,
    load,
    operand,
    shipped,
)
from linclf.grading.rubric.schema import hundredths
from linclf.grading.rubric.walk import problems

GOOD = """
[assignment]
id = "hw1"
title = "Homework 1"
version = "2"
total = 3.5
min_tier = 2
language = "de"
isolation = "item"

[limits]
seconds = 5
memory = 1_000_000_000

[functions.my_loss]
params = ["W", "X", "y", "reg"]
returns = ["", "D, C"]
forbidden_imports = ["sklearn"]

[[items]]
id = "loss"
title = "The loss"
number = "1a"
points = 1.25
function = "my_loss"
check = "loss"
loss = "hinge"
profile = ["plain", "no_penalty"]
cases = 5
tags = ["numeric"]
kappa = 128

[[items]]
id = "gradient"
points = 2.25
function = "my_loss"
check = "gradient"
loss = "hinge"
requires = ["loss"]
partial = "none"
visibility = "hidden"

[items.limits]
seconds = 2.5

[[items]]
id = "more"
points = 1
check = "test"
test = "test_more.py::test_it[2-3]"
extra_credit = true

[[mistakes]]
id = "gradient_sum"
applies_to = ["gradient"]
message = "Divide by N."
hint_url = "https://example.org/mean"
credit = 0.5
enabled_on = ["public", "hidden"]

[export.gradescope]
stdout_visibility = "hidden"
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a rubric and its test."""
    (tmp_path / "rubric.toml").write_text(GOOD)
    (tmp_path / "test_more.py").write_text("def test_it(student):\n    pass\n")
    return tmp_path


@pytest.fixture
def refused(folder):
    """A function that tells what is wrong with the good rubric after a replacement."""

    def problems_of(old, new):
        assert GOOD.count(old) >= 1
        (folder / "rubric.toml").write_text(GOOD.replace(old, new, 1))
        with pytest.raises(RubricError) as caught:
            load(folder)
        assert str(folder / "rubric.toml") in str(caught.value)
        return list(caught.value.problems)

    return problems_of


# ----------------------------------------------------------------------------- what is read


def test_a_rubric_is_read_with_points_in_hundredths(folder):
    found = load(folder)
    assert (found.id, found.title, found.version, found.total) == ("hw1", "Homework 1", "2", 350)
    assert (found.min_tier, found.language, found.isolation) == (2, "de", "item")
    assert [item.points for item in found.items] == [125, 225, 100]
    assert found.folder == folder.resolve()
    assert found.export == {"gradescope": {"stdout_visibility": "hidden"}}
    assert found.functions == {
        "my_loss": FunctionSpec(("W", "X", "y", "reg"), ("", "D, C"), (), ("sklearn",))
    }
    [mistake] = found.mistakes
    assert (mistake.id, mistake.applies_to, mistake.credit) == ("gradient_sum", ("gradient",), 0.5)
    assert mistake.enabled_on == ("public", "hidden")


def test_an_item_has_what_it_says_and_else_the_defaults(folder):
    loss, gradient, more = load(folder).items
    assert (loss.number, loss.title, loss.kappa, loss.tags) == ("1a", "The loss", 128, ("numeric",))
    assert (gradient.number, gradient.title, gradient.kappa) == ("2", "my_loss: gradient", 64)
    assert (loss.partial, gradient.partial) == ("proportional", "none")
    assert (loss.hidden, gradient.hidden) == (False, True)
    assert gradient.requires == ("loss",)
    assert (more.extra_credit, more.test) == (True, "test_more.py::test_it[2-3]")


def test_kinds_of_case_begin_again_where_more_cases_are_asked_for(folder):
    loss, gradient, more = load(folder).items
    assert loss.kinds == ("plain", "no_penalty", "plain", "no_penalty", "plain")
    assert gradient.kinds == FLOATS
    assert more.kinds == ()


def test_limits_of_an_item_come_before_those_of_the_assignment(folder):
    found = load(folder)
    loss, gradient, _ = found.items
    assert (loss.limits.seconds, gradient.limits.seconds) == (5, 2.5)
    assert loss.limits.memory == gradient.limits.memory == found.limits.memory == 1_000_000_000


def test_a_file_and_its_folder_are_the_same_rubric(folder):
    assert load(folder) == load(folder / "rubric.toml") == load(str(folder))


def test_an_item_is_found_by_its_id(folder):
    found = load(folder)
    assert found.item("gradient") is found.items[1]
    with pytest.raises(KeyError, match="hw1 has no item 'grad'; it has loss, gradient, more"):
        found.item("grad")


def test_functions_of_the_course_need_no_table():
    found = load("downhill").functions
    assert found["sgd_step"] == FunctionSpec(("W", "dW", "learning_rate"), (), ("W",))
    assert found["random_search"].returns == ("D, C", "")


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        ([1, 2], None, "int64"),
        ([1, 2.5], None, "float64"),
        ([[1.5]], "float32", "float32"),
        ([1, 2], "float32", "int64"),
        ([True, False], None, "bool"),
    ],
)
def test_lists_of_a_table_become_arrays(value, dtype, expected):
    found = operand(value, dtype)
    assert found.dtype == expected
    assert found.tolist() == value


@pytest.mark.parametrize("value", [1, 2.5, "plain", True])
def test_what_is_no_list_stays(value):
    assert operand(value) is value


@pytest.mark.parametrize("value", [[[1], [1, 2]], ["a"], [True, 1], [{}]])
def test_other_lists_are_refused(value):
    with pytest.raises(ValueError, match="must"):
        operand(value)


@pytest.mark.parametrize("points", [0, 0.01, 0.29, 1.1, 4.35, 33.33, 99999.99])
def test_hundredths_are_exact(points):
    assert hundredths(points) == int(f"{points:.2f}".replace(".", ""))


@pytest.mark.parametrize("points", [0.001, 1 / 3, 2.005])
def test_finer_points_are_refused(points):
    with pytest.raises(ValueError, match="more than two decimals"):
        hundredths(points)


# ----------------------------------------------------------------------------- those that ship


@pytest.mark.parametrize("name", shipped())
def test_a_rubric_that_ships_is_in_order(name):
    found = load(name)
    assert found.total in (1000, 2000)
    assert found.id == name.replace("_", "-")
    assert found.folder is None
    assert all(mistake.credit == 0 for mistake in found.mistakes)
    assert load(shipped()[name]) == found


def test_the_rubrics_that_ship_ask_for_every_exercise_of_the_course():
    notebooks = list(dict.fromkeys(one.notebook for one in exercises()))
    assert [path.stem for path in shipped().values()] == notebooks
    for path in shipped().values():
        functions = {item.function for item in load(path).items}
        assert functions == {one.name for one in exercises() if one.notebook == path.stem}


def test_rubrics_that_ship_use_every_check_but_those_of_tests():
    used = {item.check for name in shipped() for item in load(name).items}
    assert used >= {"loss", "gradient", "own_gradient", "exercise", "sgd_step", "array"}
    assert used <= set(CHECKS) - {"test"}


# ----------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "points = 1.25",
            "pionts = 1.25",
            'items["loss"].pionts is no key of a rubric; did you mean "points"?',
        ),
        (
            "points = 1.25",
            "points = true",
            'items["loss"].points is true; it must be a number',
        ),
        (
            "points = 1.25",
            "points = -1",
            'items["loss"].points is -1; it must be 0 or more',
        ),
        (
            "points = 1.25",
            "points = nan",
            'items["loss"].points is nan; it must be a number',
        ),
        (
            "points = 1.25",
            "points = 1.255",
            'items["loss"].points: 1.255 has more than two decimals; points count in hundredths',
        ),
        (
            "total = 3.5",
            "total = 4",
            "assignment.total is 4, but the items without extra credit add up to 3.5; "
            "change one of them",
        ),
        (
            "total = 3.5",
            "total = 3.333",
            "assignment.total: 3.333 has more than two decimals; points count in hundredths",
        ),
        (
            "[assignment]",
            "[asignment]",
            'asignment is no key of a rubric; did you mean "assignment"?',
        ),
        (
            "min_tier = 2",
            "min_tier = 5",
            "assignment.min_tier is 5; it must be 3 or less",
        ),
        (
            'language = "de"',
            'language = "fr"',
            'assignment.language is "fr"; known: en, de, ko, sk, ru',
        ),
        (
            'isolation = "item"',
            'isolation = "items"',
            'assignment.isolation is "items"; did you mean "item"?',
        ),
        (
            'id = "hw1"',
            'id = "HW 1"',
            'assignment.id is "HW 1"; it must be a short name of lower-case letters, '
            "digits, - and _",
        ),
        (
            'title = "Homework 1"',
            'title = ""',
            "assignment.title is empty; write something or leave the key out",
        ),
        (
            "seconds = 5",
            "seconds = 0",
            "limits.seconds is 0; it must be more than 0",
        ),
        (
            "seconds = 5",
            "second = 5",
            'limits.second is no key of a rubric; did you mean "seconds"?',
        ),
        (
            'check = "loss"',
            'check = "los"',
            'items["loss"].check is "los"; did you mean "loss"?',
        ),
        (
            'loss = "hinge"',
            'loss = "hinges"',
            'items["loss"].loss is "hinges"; did you mean "hinge"?',
        ),
        (
            'loss = "hinge"\nprofile',
            "profile",
            'items["loss"].loss is missing: the check "loss" needs it',
        ),
        (
            '"plain", "no_penalty"',
            '"plain", "nopenalty"',
            'items["loss"].profile[2] is "nopenalty"; did you mean "no_penalty"?',
        ),
        (
            '"plain", "no_penalty"',
            '"plain", "plain"',
            'items["loss"].profile has "plain" more than once; leave the copies out',
        ),
        (
            "cases = 5",
            "cases = 1",
            'items["loss"].cases is 1, but the profile has 2 kinds of case; ask for as many'
            " cases, or for fewer kinds",
        ),
        (
            'visibility = "hidden"',
            'visibility = "hidde"',
            'items["gradient"].visibility is "hidde"; did you mean "hidden"?',
        ),
        (
            'requires = ["loss"]',
            'requires = ["los"]',
            'items["gradient"].requires names "los", which is no item; did you mean "loss"?',
        ),
        (
            'requires = ["loss"]',
            'requires = ["gradient"]',
            "items: gradient requires gradient, so none of them can be reached; cut the circle",
        ),
        (
            'visibility = "hidden"',
            'number = "3"',
            'items: 2 of them have the number "3"; a number stands for one item',
        ),
        (
            "extra_credit = true",
            'extra_credit = true\nrequires = ["gradient"]',
            'items["more"].requires names "gradient", which students would learn of that way; '
            "hide both or neither",
        ),
        (
            'id = "gradient"',
            'id = "loss"',
            'items: 2 of them have the id "loss"; an id stands for one item',
        ),
        (
            'function = "my_loss"',
            'function = "my_los"',
            'items["loss"].function is "my_los", which has no table [functions.my_los] and '
            'is no exercise of the course; did you mean "my_loss"?',
        ),
        (
            "[functions.my_loss]",
            "[functions.my-loss]",
            "functions.my-loss is no Python name; rename it",
        ),
        (
            'forbidden_imports = ["sklearn"]',
            'may_mutate = ["w"]',
            'functions.my_loss.may_mutate names "w", which is none of its params; known: W,'
            " X, y, reg",
        ),
        (
            "test_more.py::test_it[2-3]",
            "test_mor.py::test_it",
            'items["more"].test: there is no test_mor.py beside the rubric; did you mean '
            '"test_more.py"?',
        ),
        (
            "test_more.py::test_it[2-3]",
            "test_more.py::test_id",
            'items["more"].test: test_more.py has no test_id; did you mean "test_it"?',
        ),
        (
            "test_more.py::test_it[2-3]",
            "../test_more.py::test_it",
            'items["more"].test is "../test_more.py::test_it"; it must be like '
            "test_extra.py::test_name",
        ),
        (
            'check = "test"',
            'check = "test"\nkappa = 2',
            'items["more"].kappa means nothing to the check "test" (it does to loss, '
            "gradient, own_gradient, predict, sgd_step, array); leave it out",
        ),
        (
            'id = "gradient_sum"',
            'id = "gradient_summ"',
            'mistakes["gradient_summ"].id is no mistake that is known of the item '
            '"gradient"; did you mean "gradient_sum"?',
        ),
        (
            'applies_to = ["gradient"]',
            'applies_to = ["grad"]',
            'mistakes["gradient_sum"].applies_to names "grad", which is no item; did you '
            'mean "gradient"?',
        ),
        (
            'applies_to = ["gradient"]',
            "applies_to = []",
            'mistakes["gradient_sum"].applies_to is empty; name the items that it may be found in',
        ),
        (
            "credit = 0.5",
            "credit = 1.5",
            'mistakes["gradient_sum"].credit is 1.5; it must be 1 or less',
        ),
        (
            "https://example.org/mean",
            "javascript:x",
            'mistakes["gradient_sum"].hint_url is "javascript:x"; it must be an https:// address',
        ),
        (
            "[export.gradescope]",
            "[export.gradscope]",
            'export.gradscope is no key of a rubric; did you mean "gradescope"?',
        ),
    ],
)
def test_a_mistake_is_named_with_what_was_found_and_the_fix(refused, old, new, expected):
    assert expected in refused(old, new)


def test_all_mistakes_are_named_at_once(refused):
    found = refused('id = "loss"\ntitle = "The loss"', 'id = "Loss"\ntitel = "The loss"')
    assert len(found) == 2
    assert any("titel" in one for one in found)


def test_circles_over_several_items_are_found(folder):
    text = GOOD.replace('title = "The loss"', 'requires = ["gradient"]')
    (folder / "rubric.toml").write_text(text)
    with pytest.raises(
        RubricError, match=r"loss requires gradient requires loss|gradient requires"
    ):
        load(folder)


def test_a_mistake_may_be_several_at_once(folder):
    text = GOOD.replace('id = "gradient_sum"', 'id = "gradient_sum+no_penalty"')
    (folder / "rubric.toml").write_text(text)
    assert load(folder).mistakes[0].id == "gradient_sum+no_penalty"


@pytest.mark.parametrize("id", ["sum+gradient_sum", "sum+nothing", "", "hinge/sum/sum"])
def test_mistakes_that_cannot_be_made_are_refused(refused, id):
    assert refused('id = "gradient_sum"', f'id = "{id}"')


def test_what_is_not_toml_is_refused_with_its_line(folder):
    (folder / "rubric.toml").write_text('[assignment]\nid = "hw1\n')
    with pytest.raises(RubricError, match=r"it is not TOML: .*line 2"):
        load(folder)


def test_what_is_not_utf8_is_refused(folder):
    (folder / "rubric.toml").write_bytes(b'title = "\xe4"')
    with pytest.raises(RubricError, match="byte 9 is not UTF-8"):
        load(folder)


def test_what_is_nested_too_deep_is_refused(folder):
    (folder / "rubric.toml").write_text("a = " + "[" * 100_000)
    with pytest.raises(RubricError, match="nested too deep"):
        load(folder)


def test_what_does_not_exist_is_refused_with_the_nearest_that_ships(tmp_path):
    with pytest.raises(RubricError, match='did you mean "multiclass_hinge"'):
        load("multiclas_hinge")
    with pytest.raises(RubricError, match=r"there is no rubric\.toml"):
        load(tmp_path)


def test_control_characters_of_a_rubric_do_not_reach_the_terminal(refused):
    [found] = refused('title = "Homework 1"', 'title = "Homework 1"\n"\\u001b[31m" = 1')
    assert "\x1b" not in found
    assert "?[31m" in found


# ----------------------------------------------------------------------------- the schema


def test_the_schema_knows_what_the_library_knows():
    item = SCHEMA["properties"]["items"]["items"]["properties"]
    assert item["profile"]["items"]["enum"] == list(KINDS)
    assert item["check"]["enum"] == list(CHECKS)


def test_the_schema_is_json():
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def spoilt(table):
    """Yield copies of a table that are wrong in one place each, and right ones."""
    yield table
    for wrong in (None, 1, 1.5, -1, "", "x", True, [], [1], ["x"], {}, {"x": 1}):
        for path in (
            ("assignment",),
            ("assignment", "id"),
            ("assignment", "total"),
            ("assignment", "min_tier"),
            ("items",),
            ("items", 0),
            ("items", 0, "points"),
            ("items", 0, "cases"),
            ("items", 0, "profile"),
            ("items", 0, "extra_credit"),
            ("items", 0, "new"),
            ("functions", "my_loss"),
            ("functions", "my_loss", "params"),
            ("mistakes", 0, "credit"),
            ("mistakes", 0, "hint_url"),
            ("limits", "seconds"),
            ("limits", "memory"),
            ("export", "canvas"),
        ):
            other = copy.deepcopy(table)
            inner = other
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = wrong
            yield other


def test_the_walk_agrees_with_other_readers_of_json_schemas():
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    judge = jsonschema.Draft202012Validator(SCHEMA)
    accepted = 0
    for table in spoilt(tomllib.loads(GOOD)):
        mine = next(problems(table, SCHEMA), None)
        assert (mine is None) == judge.is_valid(table), (mine, table)
        accepted += mine is None
    assert 1 < accepted < 50
