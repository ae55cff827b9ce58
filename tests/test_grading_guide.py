"""The pages for instructors: their commands run as they stand there, and every key is explained."""

import inspect
import json
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from linclf.grading.release.regions import strip_python
from linclf.grading.rubric import SCHEMA, load

from tests import course_solutions

DOCS = Path(__file__).resolve().parent.parent / "docs"
pytestmark = pytest.mark.skipif(
    not DOCS.exists(), reason="the pages are not shipped with these tests"
)


def blocks(page, language):
    """The fenced blocks of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands():
    """The commands of the guide, in order, as lists of words."""
    lines = "".join(blocks("grade.md", "console")).splitlines()
    assert all(line.startswith("$ linclf ") for line in lines)
    return [shlex.split(line)[2:] for line in lines]


def keys(schema):
    """All names of keys in a schema."""
    found = set(schema.get("properties", {}))
    for inner in schema.get("properties", {}).values():
        found |= keys(inner)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            found |= keys(schema[name])
    return found


def test_every_key_of_a_rubric_is_explained_and_no_other():
    text = (DOCS / "rubrics.md").read_text(encoding="utf-8")
    in_code = set(re.findall(r"`(?:\[+)?(?:items\.)?(\w+)(?:\.NAME)?(?:\]+)?`", text))
    exporters = set(SCHEMA["properties"]["export"]["properties"])
    assert keys(SCHEMA) - exporters <= in_code
    assert all(name in text for name in exporters)
    explained = {
        name
        for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", text, re.MULTILINE)
        for name in re.findall(r"\w+", row)
    }
    checks = set(SCHEMA["properties"]["items"]["items"]["properties"]["check"]["enum"])
    assert explained <= keys(SCHEMA) | checks
    assert checks <= explained


def test_the_example_of_a_rubric_is_in_order(tmp_path):
    [example] = blocks("rubrics.md", "toml")
    (tmp_path / "rubric.toml").write_text(example)
    assert [item.id for item in load(tmp_path).items] == ["loss", "gradient"]
    assert tomllib.loads(example)["items"][0]["title"] == "The loss"


def test_the_example_of_a_solution_is_marked_as_it_should_be():
    [example] = blocks("grade.md", "python")
    found, [removed] = strip_python(example, "l2.py")
    assert "NotImplementedError" in found
    assert removed.lines == ("return lam * (W**2).sum(), 2 * lam * W",)


def filled_in(text):
    """A file with the solutions of the course between its marks."""
    for name in re.findall(r"^def (\w+)", text, re.MULTILINE):
        body = inspect.getsource(getattr(course_solutions, name)).partition(":\n")[2].rstrip("\n")
        text = re.sub(r" +raise NotImplementedError\(.*\)", lambda _, b=body: b, text, count=1)
    return text


@pytest.mark.slow
def test_the_commands_of_the_guide_run_in_that_order(tmp_path):
    def linclf(*words):
        """Run a command as it stands in the guide; of the audit, which takes long, its help."""
        quick = ["--help"] if words[1] == "audit" else []
        command = [sys.executable, "-m", "linclf", *words, *quick]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    for words in commands():
        if words[1] == "run":
            source = tmp_path / "hw1" / "source" / "softmax.py"
            source.write_text(filled_in(source.read_text()))
        elif words[1] == "check":
            with zipfile.ZipFile(tmp_path / "hw1-student.zip") as archive:
                archive.extractall(tmp_path)
            for name in ("softmax.py", "rubric.toml"):
                (tmp_path / "softmax" / name).rename(tmp_path / name)
        elif words[1] == "batch":
            (tmp_path / "submissions").mkdir()
            (tmp_path / "submissions" / "anna.py").write_text(source.read_text())
            (tmp_path / "submissions" / "ben.py").write_bytes(
                (tmp_path / "softmax.py").read_bytes()
            )
        done = linclf(*words)
        expected = 1 if words[1] == "check" else 0  # nothing is written yet
        assert done.returncode == expected, (words, done.stdout, done.stderr)
    records = sorted((tmp_path / "results").glob("*.json"))
    earned = [
        sum(item["earned"] for item in json.loads(file.read_text())["items"])
        for file in records
        if not file.name.endswith(".times.json")
    ]
    assert earned == [2000, 0]
