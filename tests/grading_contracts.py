"""What other systems accept: tests/contracts, and how JSON and XML are held against it."""

import json
import pathlib
from datetime import UTC, datetime

import pytest
from linclf.grading.exporters import Options

CONTRACTS = pathlib.Path(__file__).parent / "contracts"
RUNNER = {
    "CLASSROOM": "ml",
    "ASSIGNMENT": "hw1",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/o/r/commit/abc",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/x",
    "REVIEW_URL": "https://github.com/o/r/compare/a...b",
    "OWNER": "ada",
    "ASSIGNMENT_TYPE": "individual",
}
GRADEBOOK = b"Student,ID,SIS Login ID,Section,HW 1 (4711)\nPoints Possible,,,,10\nA,1,ada,S,\n"
OPTIONS = Options(
    environment=RUNNER,
    when=datetime(2026, 6, 2, 8, 0, 9, tzinfo=UTC),
    gradebook=GRADEBOOK,
    column="HW 1",
    rubric="hw1",
)


def obey(contract, data):
    """Hold JSON against a contract."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((CONTRACTS / f"{contract}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(data)


def strict(text):
    """Read JSON that has no NaN."""

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def well_formed(element, rules):
    """Hold an element of XML, and what is in it, against a contract."""
    rule = rules[element.tag]
    assert set(rule["required"]) <= set(element.attrib), element.tag
    assert set(element.attrib) <= {*rule["required"], *rule["optional"]}, element.tag
    for child in element:
        assert child.tag in rule["children"], f"{child.tag} in {element.tag}"
        well_formed(child, rules)
