"""What a check found: true if the function is right, and what is wrong with it in words."""

from __future__ import annotations

from dataclasses import dataclass

from linclf.course.specification import Exercise
from linclf.display.escape import escape
from linclf.display.page import STYLE, note_html
from linclf.messages import Sentence, language, say


@dataclass(frozen=True, repr=False)
class Finding:
    """The finding of `linclf.course.check`; true if the function is right.

    Printed, it says what is wrong in English, and below in the language of the reader.

    Attributes
    ----------
    exercise : Exercise
        What the function is meant to do.
    mistakes : tuple of Sentence
        What is wrong; empty if nothing is.
    notes : tuple of Sentence
        What is not wrong, but worth knowing.
    problems : int
        How many problems the function was tried on.
    """

    exercise: Exercise
    mistakes: tuple[Sentence, ...]
    notes: tuple[Sentence, ...] = ()
    problems: int = 0

    def __bool__(self) -> bool:
        return not self.mistakes

    @property
    def ids(self) -> tuple[str, ...]:
        """Keys of the mistakes in the catalogue of messages."""
        return tuple(mistake.key for mistake in self.mistakes)

    def lines(self, language: str) -> list[str]:
        """Return what is said, in one language: the title and the first mistake, then the rest."""
        one = self.exercise
        title = say("course.title", number=one.number, name=one.name).text(language)
        if self:
            right = say("course.right").text(language)
            tried = say("course.tried", problems=self.problems).text(language)
            first, rest = f"{title} {right} ({tried})", []
        else:
            first, *rest = [mistake.text(language) for mistake in self.mistakes]
            first = f"{title} {first}"
        note = say("course.note").text(language)
        return [first, *rest, *(f"{note}: {text.text(language)}" for text in self.notes)]

    def __repr__(self) -> str:
        first, *rest = self.lines("en")
        text = "\n".join([first, *(f"  {line}" for line in rest)])
        if language() == "en":
            return text
        return "\n".join([text, *(f"  [{language()}] {line}" for line in self.lines(language()))])

    def _repr_html_(self) -> str:
        mark = "&#10003;" if self else "&#10007;"
        colour = "var(--linclf-line)" if self else "var(--linclf-dot)"
        first, *rest = self.lines("en")
        body = f'<div><b style="color:{colour}">{mark}</b> <b>{escape(first)}</b></div>'
        body += "".join(f"<div>{escape(line)}</div>" for line in rest)
        if language() != "en":
            body += "".join(map(note_html, self.lines(language())))
        return f'<div class="linclf"><style>{STYLE}</style>{body}</div>'
