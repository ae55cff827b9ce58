"""A sentence that knows its key and its values, so that it can be said in any language."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from linclf.messages.catalogue import catalogue, language

_FORMATTER = string.Formatter()


@dataclass(frozen=True)
class Sentence:
    """One sentence to a student.

    Attributes
    ----------
    key : str
        In the catalogues.
    values : dict of str
        What stands in its braces, by name, as it is written.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """Return it in a language."""
        parts = {
            name: value.text(language) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        # The values are written already: only names count in the braces.
        return "".join(
            literal + ("" if name is None else str(parts[name]))
            for literal, name, _, _ in _FORMATTER.parse(
                catalogue(language).get(self.key, catalogue("en")[self.key])
            )
        )

    @property
    def translation(self) -> str | None:
        """The sentence in the language of the reader, None if that is English."""
        wanted = language()
        return None if wanted == "en" else self.text(wanted)

    def __str__(self) -> str:
        return self.text()


def say(key: str, **values: Any) -> Sentence:
    """Return a sentence with values filled in.

    Parameters
    ----------
    key : str
        In the catalogues.
    values
        Anything that the format in the English sentence takes, or a `Sentence`.

    Raises
    ------
    KeyError
        If the key is unknown, or a value is missing.

    Examples
    --------
    >>> print(say("course.changes", what="W"))
    changes W: work on a copy, W.copy()
    """
    written: dict[str, Any] = {}
    for _, name, spec, _ in _FORMATTER.parse(catalogue("en")[key]):
        if name is not None:
            value = values[name]
            written[name] = (
                value
                if isinstance(value, Sentence)
                else format(value, spec)
                if spec
                else str(value)
            )
    return Sentence(key, written)


def read(text: str, prefix: str = "diagnosis.") -> Sentence | None:
    """Return the sentence that a finished English text is, with its values read back out of it.

    Parameters
    ----------
    text : str
    prefix : str
        Of the keys to look at.

    Returns
    -------
    Sentence or None
        None if the text is no sentence of the catalogue. The one with most letters of its own
        counts if several fit.

    Examples
    --------
    >>> read("gradient is 11.000 x the expected one, N = 11: divide by N").values
    {'data': '11.000', 'N': '11'}
    """
    for key, pattern in _patterns(prefix):
        match = pattern.fullmatch(text)
        if match:
            values: dict[str, Any] = {
                name: (read(value, prefix) or value) if name in ("sentence", "others") else value
                for name, value in match.groupdict().items()
            }
            return Sentence(key, values)
    return None


@cache
def _patterns(prefix: str) -> list[tuple[str, re.Pattern[str]]]:
    """Return a pattern for each sentence, the most particular one first."""
    found = []
    for key, template in catalogue("en").items():
        if not key.startswith(prefix):
            continue
        pattern, own, seen = "", 0, set()
        for literal, name, _, _ in _FORMATTER.parse(template):
            pattern, own = pattern + re.escape(literal), own + len(literal)
            if name is not None:
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
                seen.add(name)
        found.append((own, key, re.compile(pattern, re.DOTALL)))
    found.sort(key=lambda one: -one[0])
    return [(key, pattern) for _, key, pattern in found]


def add_translation(error: BaseException, sentence: Sentence) -> None:
    """Add a sentence to an exception as a note, in the language of the reader.

    Nothing is added where that is English: then the exception says it already.

    Parameters
    ----------
    error : exception
    sentence : Sentence
        What its English message says.
    """
    if sentence.translation is not None:
        error.add_note(sentence.translation)
