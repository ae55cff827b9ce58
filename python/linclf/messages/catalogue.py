"""The sentences by key, and which language is wanted."""

from __future__ import annotations

import json
import locale
import os
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "de", "ko", "sk", "ru")
_VARIABLES = ("LINCLF_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Return the language to add to English sentences; "en" if none is to be added.

    Returns
    -------
    str
        One of `LANGUAGES`: of the environment variable ``LINCLF_LANG``, else of the locale.

    Examples
    --------
    >>> language() in LANGUAGES
    True
    """
    wanted = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), None)
    if wanted is None:
        wanted = locale.getlocale()[0] or ""
    short = wanted.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return short if short in LANGUAGES else "en"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return all sentences of a language, by key.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Raises
    ------
    ValueError
        If there is no such language.

    Examples
    --------
    >>> catalogue("de")["course.right"]
    'richtig'
    """
    if language not in LANGUAGES:
        raise ValueError(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}")
    text = files("linclf.messages").joinpath(f"{language}.json").read_text(encoding="utf-8")
    sentences: dict[str, str] = json.loads(text)
    if language == "en":
        from linclf.course.specification import exercises
        from linclf.diagnosis import MESSAGES

        sentences.update({f"task.{one.name}": _literal(one.task) for one in exercises()})
        sentences.update({f"diagnosis.{key}": text for key, text in MESSAGES.items()})
    return sentences


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
