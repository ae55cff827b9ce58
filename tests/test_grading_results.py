"""The record of results: valid from the first moment, the same bytes each time, never half."""

import json
from types import SimpleNamespace

import pytest
from linclf.grading.results import (
    LONGEST,
    SCHEMA,
    ItemResult,
    Message,
    Results,
    ResultsError,
    public,
    read_results,
    times_path,
    write_times,
)
from linclf.messages import Sentence, say


def an_assignment():
    """As much of an assignment as a record is made of."""
    item = {"number": "1", "points": 300, "visibility": "visible", "extra_credit": False}
    items = [
        SimpleNamespace(id="loss", title="The loss", tags=("svm",), **item),
        SimpleNamespace(id="grad", title="Gradient \u2207", tags=(), **item),
    ]
    items[1].visibility, items[1].points = "hidden", 700
    return SimpleNamespace(
        id="svm", title="SVM", version="2", min_tier=2, language="de", total=1000, items=items
    )


def a_record():
    results = Results.blank(an_assignment(), SimpleNamespace(name="anna", digest="ab12"), 2)
    grad = results.item("grad")
    grad.earned, grad.status, grad.category = 350, "partial", "wrong_gradient"
    grad.cases, grad.cases_passed, grad.case_ids = 2, 1, ["k3f", "9qa"]
    grad.mistakes = ["gradient_sum"]
    grad.messages = [Message.of(say("course.changes", what="W"), "de")]
    results.notes = [Message("grading.note", "for the instructor")]
    return results


def test_a_record_begins_with_nothing_run_and_nothing_earned():
    results = Results.blank(an_assignment(), SimpleNamespace(name="anna", digest=""), 1)
    assert [(i.earned, i.status, i.category) for i in results.items] == [
        (0, "not run", "not_run")
    ] * 2
    assert (results.earned, results.total, results.complete) == (0, 1000, False)
    assert Results.from_json(results.to_json()) == results


def test_a_record_survives_a_file(tmp_path):
    results, path = a_record(), tmp_path / "anna.json"
    results.write(path)
    assert read_results(path) == results
    assert read_results(path).earned == 350
    assert [one.name for one in tmp_path.iterdir()] == ["anna.json"], "a draft is left"


def test_the_same_record_gives_the_same_bytes():
    assert a_record().to_json().encode() == a_record().to_json().encode()
    assert "time" not in a_record().to_json()


def test_a_record_keeps_to_its_json_schema():
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(a_record().to_json()), SCHEMA)


DAMAGES = {
    "is no JSON": lambda d: "{",
    "results.items is missing": lambda d: d.pop("items") and None,
    "results.grade is unknown": lambda d: d.update(grade=1),
    "results.tier is a str, not a int": lambda d: d.update(tier="2"),
    "results.tier is a bool, not a int": lambda d: d.update(tier=True),
    "results.schema is 'x'": lambda d: d.update(schema="x"),
    "results.total is -1, less than 0": lambda d: d.update(total=-1),
    "results.items[0].status is 'fine'": lambda d: d["items"][0].update(status="fine"),
    "results.items[1].tags[0] is a int": lambda d: d["items"][1].update(tags=[1]),
    "results.notes[0].text has 5000 characters": lambda d: d["notes"][0].update(text=5000 * "x"),
    "results.earned is 1000, but the items earned 350": lambda d: d.update(earned=1000),
}


@pytest.mark.parametrize("told", DAMAGES)
def test_what_is_no_record_is_refused(told, tmp_path):
    data = json.loads(a_record().to_json())
    text = DAMAGES[told](data) or json.dumps(data)
    (tmp_path / "it.json").write_text(text)
    with pytest.raises(ResultsError) as refused:
        read_results(tmp_path / "it.json")
    assert told in str(refused.value)
    assert str(tmp_path / "it.json") in str(refused.value)


@pytest.mark.parametrize(
    "damaged", [told for told in DAMAGES if "JSON" not in told and "earned" not in told]
)
def test_the_json_schema_refuses_the_same(damaged):
    jsonschema = pytest.importorskip("jsonschema")
    data = json.loads(a_record().to_json())
    DAMAGES[damaged](data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_numbers_that_are_none_are_refused():
    text = a_record().to_json().replace('"earned": 350', '"earned": NaN')
    with pytest.raises(ResultsError, match="NaN is no number"):
        Results.from_json(text)


def test_deep_nonsense_is_refused():
    with pytest.raises(ResultsError):
        Results.from_json("[" * 100_000)


def test_a_student_sees_of_a_hidden_item_its_points_and_category_alone():
    seen = public(a_record())
    grad = seen.item("grad")
    assert (grad.earned, grad.category, grad.status) == (350, "wrong_gradient", "partial")
    assert (grad.messages, grad.mistakes, grad.case_ids, grad.cases) == ([], [], [], 0)
    assert seen.notes == []
    assert seen.fingerprint == ""
    assert public(a_record(), ("visible", "hidden")).item("grad") == a_record().item("grad")


def test_seeing_a_record_leaves_it_as_it_is():
    results = a_record()
    public(results)
    assert results == a_record()


def test_messages_hold_no_control_characters():
    nasty = "a\x1b[31mred\x1b[0m\u202e\x00\ud800"
    text = Message.of(Sentence("course.changes", {"what": nasty}), "de")
    for one in (text.text, text.translated):
        assert not set(one) & {"\x1b", "\x00", "\u202e", "\ud800"}
        one.encode()


def test_messages_are_the_same_each_time():
    texts = {
        Message.of(Sentence("course.changes", {"what": repr(object())}), "en").text
        for _ in range(3)
    }
    assert texts == {
        "changes <object object at 0x...>: work on a copy, <object object at 0x...>.copy()"
    }


def test_messages_are_cut():
    told = Message.of(Sentence("course.changes", {"what": 10_000 * "x"}), "en")
    assert LONGEST - 3 <= len(told.text.encode()) <= LONGEST
    assert told.translated == ""


def test_an_unknown_item_is_an_error():
    with pytest.raises(KeyError, match="loss, grad"):
        a_record().item("lost")


def test_times_lie_beside_the_record(tmp_path):
    path = tmp_path / "anna.json"
    write_times(path, {"items": {"loss": 0.25}})
    assert times_path(path) == tmp_path / "anna.times.json"
    assert json.loads(times_path(path).read_text()) == {"items": {"loss": 0.25}}


def test_items_are_blank_by_default():
    assert ItemResult("a", "A", "1", 100).status == "not run"
