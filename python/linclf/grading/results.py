"""The record of what a submission earned: the one file that every report and export is made of.

All points are integers of 1/100. A record begins with every item at 0 and "not run", so that
whatever is interrupted leaves a valid file; it is written whole or not at all. It holds no time
and no path: the same submission, rubric and secret give the same bytes. Times go to a file of
their own next to it (`write_times`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import __version__
from linclf.cli.files import write_text
from linclf.grading.sinks import LIMIT, plain
from linclf.messages import language as language_of_reader

if TYPE_CHECKING:
    from linclf.messages import Sentence

__all__ = [
    "SCHEMA",
    "STATUSES",
    "VERSION",
    "VISIBILITIES",
    "ItemResult",
    "Message",
    "Results",
    "ResultsError",
    "public",
    "read_results",
    "times_path",
    "write_times",
]

VERSION = "linclf/grade/1"
"""Name of the format."""

STATUSES = ("not run", "passed", "partial", "failed")
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
LONGEST = LIMIT
"""Bytes of a message."""


_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,16}\b")


class ResultsError(ValueError):
    """A file is no record of results; the text says where it departs from the format."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that is said about an item.

    Attributes
    ----------
    key : str
        In the catalogue of messages.
    text : str
        In English.
    translated : str
        In the language of the student; empty if that is English.
    """

    key: str
    text: str
    translated: str = ""

    @classmethod
    def of(cls, sentence: Sentence, language: str | None = None) -> Message:
        """Return a sentence as a message: plain characters, of bounded length.

        Parameters
        ----------
        sentence : Sentence
            Its values may come from a student.
        language : str, optional
            Of the student; by default that of the reader.

        Examples
        --------
        >>> from linclf.messages import say
        >>> Message.of(say("course.changes", what="W"), "de").translated
        'sie verändert W: arbeite auf einer Kopie, W.copy()'
        """
        language = language or language_of_reader()
        other = "" if language == "en" else sentence.text(language)
        return cls(sentence.key, _said(sentence.text()), _said(other))


@dataclass
class ItemResult:
    """What one item of a rubric earned.

    Attributes
    ----------
    id, title, number : str
        As in the rubric.
    points, earned : int
        In 1/100.
    status : str
        One of `STATUSES`.
    category : str
        Why: a key of `linclf.grading.failures.CATEGORIES`.
    visibility : str
        One of `VISIBILITIES`.
    extra_credit : bool
        Whether its points come on top of the total.
    tags : list of str
    cases_passed, cases : int
        How many of its cases went well, of how many.
    case_ids : list of str
        By which an instructor can run a case again, in order.
    messages : list of Message
        What is told of it.
    mistakes : list of str
        Ids of the mistakes that were recognised.
    """

    id: str
    title: str
    number: str
    points: int
    earned: int = 0
    status: str = "not run"
    category: str = "not_run"
    visibility: str = "visible"
    extra_credit: bool = False
    tags: list[str] = field(default_factory=list)
    cases_passed: int = 0
    cases: int = 0
    case_ids: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


@dataclass
class Results:
    """What a submission earned, item by item.

    Attributes
    ----------
    assignment : dict
        ``id``, ``title`` and ``version`` of the rubric.
    submission : dict
        ``name`` and ``digest`` of what was handed in; the digest is empty if it could not be read.
    tier, required_tier : int
        How well the submission was shut in, and what the rubric asks for.
    language : str
        Of the translations in the messages.
    total : int
        Points without extra credit, in 1/100.
    items : list of ItemResult
    notes : list of Message
        For the instructor alone.
    versions : dict
        Of linclf and NumPy.
    fingerprint : str
        Tells whether rubric, secret and versions were the same: 16 letters that give none away.
    complete : bool
        Whether grading came to its end, and every item could be judged.
    """

    assignment: dict[str, str]
    submission: dict[str, str]
    tier: int
    required_tier: int
    language: str
    total: int
    items: list[ItemResult]
    notes: list[Message] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    complete: bool = False

    @classmethod
    def blank(cls, assignment: Any, submission: Any, tier: int) -> Results:
        """Return the record to begin with: every item 0 and "not run".

        Parameters
        ----------
        assignment : Assignment
        submission : Submission, or anything with a name and a digest
        tier : int
            Of this run.
        """
        return cls(
            assignment=_identity(assignment),
            submission={
                "name": cls.name_of(submission),
                "digest": str(getattr(submission, "digest", "")),
            },
            tier=int(tier),
            required_tier=int(assignment.min_tier),
            language=assignment.language or language_of_reader(),
            total=assignment.total,
            items=[_blank_item(item) for item in assignment.items],
            versions=cls.versions_here(),
        )

    @staticmethod
    def name_of(submission: Any) -> str:
        """Return the name of a submission as records have it."""
        return plain(submission.name, 400)

    @staticmethod
    def versions_here() -> dict[str, str]:
        """Return the versions of what grades here."""
        return {"linclf": __version__, "numpy": np.__version__}

    @property
    def earned(self) -> int:
        """Sum of what the items earned, extra credit included, in 1/100."""
        return sum(item.earned for item in self.items)

    def item(self, id: str) -> ItemResult:
        """Return the item of that id.

        Raises
        ------
        KeyError
            If there is none.
        """
        for item in self.items:
            if item.id == id:
                return item
        raise KeyError(f"there is no item {id!r}; there are {', '.join(i.id for i in self.items)}")

    def to_json(self) -> str:
        """Return the record as text: the same bytes for the same record."""
        data = {"schema": VERSION, "earned": self.earned, **asdict(self)}
        return (
            json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Results:
        """Return the record that a text holds.

        Raises
        ------
        ResultsError
            If it does not keep to `SCHEMA`, or its sum is wrong.
        """
        try:
            data = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ResultsError(f"this is no JSON: {error}") from None
        _check(data, SCHEMA, "results")
        items = [
            ItemResult(**{**item, "messages": [Message(**m) for m in item["messages"]]})
            for item in data["items"]
        ]
        own = {f.name: data[f.name] for f in fields(cls) if f.name not in ("items", "notes")}
        results = cls(**own, items=items, notes=[Message(**note) for note in data["notes"]])
        if results.earned != data["earned"]:
            raise ResultsError(
                f"results.earned is {data['earned']}, but the items earned {results.earned}; "
                "grade the submission again"
            )
        return results

    def write(self, path: Path | str) -> None:
        """Write the record; whoever reads meanwhile, or is left behind, sees a whole one."""
        write_text(Path(path), self.to_json())


def read_results(path: Path | str) -> Results:
    """Return the record in a file.

    Raises
    ------
    OSError
        If it cannot be read.
    ResultsError
        If it is none.
    """
    try:
        return Results.from_json(Path(path).read_bytes())
    except ResultsError as error:
        raise ResultsError(f"{path}: {error}") from None


def public(results: Results, revealed: Collection[str] = ("visible",)) -> Results:
    """Return what a student may see of a record.

    Of an item that is hidden, points and category stay: no message, case or diagnosis that would
    tell what it tries. Notes to the instructor are dropped.

    Parameters
    ----------
    results : Results
    revealed : collection of str
        Which of `VISIBILITIES` are shown in full by now.

    Returns
    -------
    Results
        A copy.
    """
    items = [
        replace(item)
        if item.visibility in revealed
        else replace(item, cases_passed=0, cases=0, case_ids=[], messages=[], mistakes=[])
        for item in results.items
    ]
    return replace(results, items=items, notes=[], fingerprint="")


def times_path(path: Path | str) -> Path:
    """Return where the times of a record lie: ``anna.json`` has ``anna.times.json``."""
    path = Path(path)
    return path.with_name(f"{path.stem}.times.json")


def write_times(path: Path | str, times: Mapping[str, Any]) -> None:
    """Write the times of a record next to it; `path` is that of the record."""
    text = json.dumps(times, sort_keys=True, indent=1, allow_nan=False) + "\n"
    write_text(times_path(path), text)


# --------------------------------------------------------------------------- the format


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT: dict[str, Any] = {"type": "string", "maxLength": 2 * LONGEST}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_FLAG: dict[str, Any] = {"type": "boolean"}
_MESSAGE = _object(key=_TEXT, text=_TEXT, translated=_TEXT)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Results of linclf.grading; points are integers of 1/100",
    **_object(
        schema={"const": VERSION},
        assignment=_object(id=_TEXT, title=_TEXT, version=_TEXT),
        submission=_object(name=_TEXT, digest=_TEXT),
        tier=_COUNT,
        required_tier=_COUNT,
        language=_TEXT,
        total=_COUNT,
        earned=_COUNT,
        items=_list(
            _object(
                id=_TEXT,
                title=_TEXT,
                number=_TEXT,
                points=_COUNT,
                earned=_COUNT,
                status={"enum": list(STATUSES)},
                category=_TEXT,
                visibility={"enum": list(VISIBILITIES)},
                extra_credit=_FLAG,
                tags=_list(_TEXT),
                cases_passed=_COUNT,
                cases=_COUNT,
                case_ids=_list(_TEXT),
                messages=_list(_MESSAGE),
                mistakes=_list(_TEXT),
            )
        ),
        notes=_list(_MESSAGE),
        versions=_object(linclf=_TEXT, numpy=_TEXT),
        fingerprint=_TEXT,
        complete=_FLAG,
    ),
}
"""The format as a JSON schema."""

_TYPES: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
}


def _check(value: Any, schema: Mapping[str, Any], where: str) -> None:
    """Check a value against the part of JSON schema that `SCHEMA` is written in."""
    if "const" in schema and value != schema["const"]:
        raise ResultsError(f"{where} is {value!r}, not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        raise ResultsError(f"{where} is {value!r}, none of {', '.join(schema['enum'])}")
    if "type" not in schema:
        return
    kind = _TYPES[schema["type"]]
    if type(value) is not kind:  # a bool is no integer here
        raise ResultsError(f"{where} is a {type(value).__name__}, not a {kind.__name__}")
    if isinstance(value, dict):
        for name in sorted(value.keys() ^ schema["properties"].keys()):
            told = "is unknown" if name in value else "is missing"
            raise ResultsError(f"{where}.{name} {told}")
        for name, part in value.items():
            _check(part, schema["properties"][name], f"{where}.{name}")
    elif isinstance(value, list):
        for i, part in enumerate(value):
            _check(part, schema["items"], f"{where}[{i}]")
    elif isinstance(value, str) and len(value) > schema["maxLength"]:
        raise ResultsError(f"{where} has {len(value)} characters; at most {schema['maxLength']}")
    elif kind is int and value < schema["minimum"]:
        raise ResultsError(f"{where} is {value}, less than {schema['minimum']}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _said(text: str) -> str:
    """Return a text without the addresses that Python shows of objects: they differ each time."""
    return plain(_ADDRESS.sub(" at 0x...", text))


def _identity(assignment: Any) -> dict[str, str]:
    return {
        "id": assignment.id,
        "title": plain(assignment.title),
        "version": str(assignment.version),
    }


def _blank_item(item: Any) -> ItemResult:
    return ItemResult(
        id=item.id,
        title=plain(item.title),
        number=str(item.number),
        points=item.points,
        visibility=item.visibility,
        extra_credit=item.extra_credit,
        tags=list(item.tags),
    )
