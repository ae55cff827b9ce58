"""What can go wrong with a submission: typed failures, each with a category and its sentences.

A failure is about the student's code or its process, never a bug of the grader. It is a
`linclf.course.student.Wrong`, so that a check of the course that meets one reports its sentences
like any other finding. The category is all that is said of a hidden item. Text that comes from a
student is cleaned here: no control characters, and not more than 2 KB.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from linclf.course.student import Raised, Wrong, raised
from linclf.grading.categories import CATEGORIES, category_of
from linclf.messages import Sentence, say

__all__ = [
    "CATEGORIES",
    "LONGEST",
    "BadReturn",
    "BadSignature",
    "ChildDied",
    "Failure",
    "LimitHit",
    "LoadFailed",
    "MissingFunction",
    "NotSubmitted",
    "NotWritten",
    "StudentException",
    "Tampering",
    "Timeout",
    "category_of",
    "clean",
    "exception",
]

LONGEST = 2048
"""Bytes of text that are kept of what a student's code says."""


def clean(text: object, limit: int = LONGEST) -> str:
    """Return text without control characters, of at most `limit` bytes.

    Parameters
    ----------
    text : object
        Whatever a student's code said.
    limit : int
        Bytes of UTF-8 to keep.

    Examples
    --------
    >>> clean("red \\x1b[31m alert")
    'red  [31m alert'
    """
    # Four bytes a character at most, so that a long text is not walked through to its end.
    shown = "".join(one if one.isprintable() else " " for one in str(text)[:limit])
    return shown.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


class Failure(Wrong):
    """Something that a submission did wrong.

    Attributes
    ----------
    category : str
        A key of `CATEGORIES`.
    sentences : tuple of Sentence
        What to tell the student.
    """

    category = "died"

    def __init__(self, *sentences: Sentence, category: str = "") -> None:
        super().__init__(*sentences)
        if category:
            self.category = category


class NotSubmitted(Failure):
    """There is no file to grade."""

    category = "not_submitted"

    def __init__(self) -> None:
        super().__init__(say("grading.not_submitted"))


class LoadFailed(Failure):
    """A file of the submission could not be loaded.

    Parameters
    ----------
    kind, text : str
        Of the exception.
    file : str
        Of the student.
    line : int
        In that file; 0 if unknown.
    source : str
        That line.
    """

    category = "load"

    def __init__(
        self, kind: str, text: str, file: str = "?", line: int = 0, source: str = ""
    ) -> None:
        self.type, self.text, self.file = clean(kind, 80), clean(text), clean(file, 200)
        self.line, self.source = line, clean(source, 200)
        values = {"kind": self.type, "text": self.text, "file": self.file}
        if self.type == "SystemExit":
            told = say("grading.load_exit", file=self.file, line=line)
        elif line:
            told = say("grading.load_at", line=line, source=self.source, **values)
        else:
            told = say("grading.load", **values)
        super().__init__(told)


class MissingFunction(Failure):
    """A function that is asked for is not there.

    Parameters
    ----------
    name : str
        Of the function.
    found : iterable of str
        The functions that are there: a near one is named.
    kind : str
        Type of what has that name, if it is no function.
    """

    category = "missing_function"

    def __init__(self, name: str, found: Iterable[str] = (), kind: str = "") -> None:
        self.name, self.found = name, tuple(clean(one, 80) for one in found)[:50]
        near = difflib.get_close_matches(name, self.found, n=1, cutoff=0.6)
        if kind:
            told = say("grading.no_function", name=name, kind=clean(kind, 80))
        elif near:
            told = say("grading.missing_near", name=name, near=near[0])
        elif self.found:
            told = say("grading.missing", name=name, found=", ".join(self.found[:10]))
        else:
            told = say("grading.missing_all", name=name)
        super().__init__(told)


class BadSignature(Failure):
    """A function cannot be called with what it is meant to be called with."""

    category = "signature"

    def __init__(self, name: str, found: str, count: int) -> None:
        values = {"name": name, "found": clean(found, 400), "count": count}
        super().__init__(say("grading.signature", **values))


class StudentException(Failure, Raised):
    """A function raised an exception.

    Attributes
    ----------
    type, text : str
        Of the exception.
    base : str
        The nearest exception of Python itself that it is one of: "ValueError".
    file, source : str
        Where in the student's own code it was raised; "" if it was not there.
    line : int
        In that file, or cell of a notebook; 0 if it was not there.
    """

    category = "exception"

    def __init__(
        self, kind: str, text: str, file: str = "", line: int = 0, source: str = "", base: str = ""
    ) -> None:
        self.type, self.text, self.file = clean(kind, 80), clean(text), clean(file, 200)
        self.line, self.source, self.base = line, clean(source, 200), base or self.type
        super().__init__(raised(self))

    def told(self, *sentences: Sentence) -> StudentException:
        """Return it with other sentences, which know the exercise it is about."""
        again = type(self)(self.type, self.text, self.file, self.line, self.source, self.base)
        again.sentences = sentences
        again.args = tuple(map(str, sentences))
        return again


class NotWritten(StudentException):
    """A function raises NotImplementedError, as what is handed out does."""

    category = "not_written"

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.sentences = (say("grading.not_written", text=self.text or "NotImplementedError"),)
        self.args = tuple(map(str, self.sentences))


def exception(about: dict[str, Any]) -> StudentException:
    """Return the failure for an exception, from its description.

    Parameters
    ----------
    about : dict
        type, text, base, file, line and source.
    """
    parts = [about[name] for name in ("type", "text", "file", "line", "source", "base")]
    return (NotWritten if about["base"] == "NotImplementedError" else StudentException)(*parts)


class Timeout(Failure):
    """Something takes longer than it may.

    Parameters
    ----------
    seconds : float
        How long it may take.
    loading : bool
        Whether the submission was being loaded.
    """

    category = "timeout"

    def __init__(self, seconds: float, *, loading: bool = False) -> None:
        self.seconds = seconds
        key = "grading.timeout_loading" if loading else "grading.timeout"
        super().__init__(say(key, seconds=seconds))


class LimitHit(Failure):
    """A limit was reached: of memory, output, files, threads, or processor time.

    Parameters
    ----------
    what : {"memory", "output", "disk", "threads", "processor"}
    amount : float
        The limit: MiB, KiB, MiB, a number or seconds.
    """

    def __init__(self, what: str, amount: float) -> None:
        self.what, self.amount = what, amount
        key, category = {
            "memory": ("grading.memory", "memory"),
            "output": ("grading.output", "output"),
            "disk": ("grading.disk", "died"),
            "threads": ("grading.threads", "memory"),
            "processor": ("grading.processor", "timeout"),
        }[what]
        super().__init__(say(key, amount=amount), category=category)


class BadReturn(Failure):
    """A function returned what no exercise asks for, or more than can be taken.

    Parameters
    ----------
    found : str
        What it returned.
    too_large : bool
        Whether its size is what is wrong.
    """

    category = "bad_return"

    def __init__(self, found: str, *, too_large: bool = False) -> None:
        key = "grading.return_large" if too_large else "grading.return_other"
        super().__init__(say(key, found=clean(found, 200)))


class ChildDied(Failure):
    """The process of the submission ended.

    Parameters
    ----------
    how : str
        "exit code 0", "signal 11 (SIGSEGV)".
    exited : bool
        Whether it ended itself.
    """

    category = "died"

    def __init__(self, how: str, *, exited: bool = False) -> None:
        self.how = how
        super().__init__(say("grading.exited" if exited else "grading.died", how=how))


class Tampering(Failure):
    """The process of the submission wrote what no worker writes to the channel of the grader.

    Parameters
    ----------
    reason : str
        For the instructor; no sentence says it.
    """

    category = "tampering"

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__(say("grading.tampering"))
