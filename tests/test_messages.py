"""The catalogue of messages: complete in every language, with the same values in every sentence."""

import json
import string
from importlib.resources import files
from pathlib import Path

import linclf
import pytest
from linclf import course, messages
from linclf.cases import KINDS
from linclf.diagnosis import Answer, diagnose, message
from linclf.grading.failures import CATEGORIES
from linclf.grading.intake.reading import TROUBLES

TRANSLATED = [language for language in messages.LANGUAGES if language != "en"]


def placeholders(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def entries(language):
    """Return the file of a language, where no key may come twice."""

    def once(pairs):
        keys = [key for key, _ in pairs]
        assert len(set(keys)) == len(keys), f"twice in {language}: {keys}"
        return dict(pairs)

    text = files("linclf.messages").joinpath(f"{language}.json").read_text(encoding="utf-8")
    return json.loads(text, object_pairs_hook=once)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_key_is_missing_or_stale(language):
    english, translated = messages.catalogue("en"), entries(language)
    assert sorted(set(english) - set(translated)) == [], "missing"
    assert sorted(set(translated) - set(english)) == [], "stale"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_name_the_same_values(language):
    english = messages.catalogue("en")
    for key, text in entries(language).items():
        assert placeholders(text) == placeholders(english[key]), key


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_leave_the_form_of_numbers_to_the_english_sentence(language):
    for key, text in entries(language).items():
        specs = [spec for _, _, spec, _ in string.Formatter().parse(text) if spec]
        assert specs == [], key
        assert text.strip() == text != "", key


def test_every_english_sentence_is_used():
    sources = Path(linclf.__file__).parent.rglob("*.py")
    code = "\n".join(one.read_text(encoding="utf-8") for one in sources)
    by_name = {f"course.factor_{name}" for name in ("half", "double", "sign", "zero")}
    by_name |= {f"grading.category.{name}" for name in CATEGORIES}
    by_name |= {f"grading.intake.{name}" for name in TROUBLES}
    by_name |= {f"grading.kind.{name}" for name in KINDS}
    unused = [key for key in entries("en") if f'"{key}"' not in code and key not in by_name]
    assert unused == []


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LINCLF_LANG": "ko"}, "ko"),
        ({"LINCLF_LANG": "de_AT.UTF-8"}, "de"),
        ({"LINCLF_LANG": "en", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "sk_SK.UTF-8"}, "sk"),
        ({"LC_ALL": "ru-RU", "LANG": "de_DE"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR"}, "en"),
    ],
)
def test_the_language_comes_from_the_environment(monkeypatch, variables, language):
    for name in ("LINCLF_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert messages.language() == language


def test_the_english_sentence_stays_and_the_translation_is_added(monkeypatch):
    def l2_penalty(W, lam):
        return lam * (W**2).sum(), lam * W

    monkeypatch.setenv("LINCLF_LANG", "de")
    text = repr(course.check("l2_penalty", l2_penalty))
    assert (
        text.splitlines()[0] == "Exercise 3.1: l2_penalty: the gradient is 0.5 x the expected one"
    )
    assert "[de] Aufgabe 3.1" in text
    assert "0.5-mal der richtige Wert" in text


def test_an_exception_gets_the_translation_as_a_note(monkeypatch):
    sentence = messages.say("course.returns_none")
    monkeypatch.setenv("LINCLF_LANG", "de")
    error = TypeError(str(sentence))
    messages.add_translation(error, sentence)
    assert str(error) == "it returns None: did you forget return?"
    assert error.__notes__ == ["sie gibt None zurück: return vergessen?"]
    monkeypatch.setenv("LINCLF_LANG", "en")
    plain = TypeError()
    messages.add_translation(plain, sentence)
    assert not hasattr(plain, "__notes__")


def test_a_finished_sentence_is_read_back():
    text = message("gradient_sum", {"data": 11.0, "N": 11})
    found = messages.read(text)
    assert found.key == "diagnosis.gradient_sum"
    assert found.values == {"data": "11.000", "N": "11"}
    assert str(found) == text


def test_a_guess_is_read_back_with_the_sentence_inside():
    inside = message("no_penalty", {})
    text = message("looks_like", {"sentence": inside})
    found = messages.read(text)
    assert found.key == "diagnosis.looks_like"
    assert found.values["sentence"].key == "diagnosis.no_penalty"
    assert str(found) == text


def test_what_a_diagnosis_says_is_read_back():
    for mutant in linclf.mutants.select("hinge")[:20]:
        [case] = linclf.cases.generate("hinge", 0, names=["plain"])
        answer = Answer(*case.operands, *mutant(*case.operands))
        for finding in diagnose(answer, "hinge", function=mutant).findings:
            assert str(messages.read(str(finding))) == str(finding)


def test_an_unknown_text_is_no_sentence():
    assert messages.read("something else") is None
    with pytest.raises(ValueError, match="there is no language 'xx'"):
        messages.catalogue("xx")
