"""A student's function as the checks ask it: in the order of its parameters, on copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from linclf.course.specification import Exercise
from linclf.course.student import Student, Wrong
from linclf.grading.ledger import category_of_wrong
from linclf.messages import Sentence, say

if TYPE_CHECKING:
    from linclf.grading.checks import StudentLike
    from linclf.grading.rubric import FunctionSpec, Item

# After these there is nobody left to ask, or asking again would take as long again.
_LAST = frozenset(
    {
        "not_submitted",
        "load",
        "missing_function",
        "signature",
        "not_written",
        "timeout",
        "memory",
        "output",
        "died",
        "tampering",
    }
)


def ends(wrong: Wrong) -> bool:
    """Tell whether no other case of the item should be tried after this."""
    return category_of_wrong(wrong) in _LAST


class Asked(Student):
    """A function of a submission, as an item asks for it.

    Parameters
    ----------
    item : Item
        Which function.
    student : RemoteStudent, LocalStudent or the like
        Whose.
    usual : sequence of str
        Its parameters, if the rubric says nothing else.
    spec : FunctionSpec, optional
        What the rubric says of it. Parameters of other names come in the usual order.
    returns : bool
        Whether it returns anything.

    Raises
    ------
    Wrong
        If it is not there, or cannot be called that way.
    """

    def __init__(
        self,
        item: Item,
        student: StudentLike,
        usual: Sequence[str],
        spec: FunctionSpec | None = None,
        *,
        returns: bool = True,
    ) -> None:
        names = tuple(spec.params if spec is not None and spec.params else usual)
        self.usual = tuple(usual)
        self.order = names if set(names) == set(usual) else self.usual
        self.changes = tuple(spec.may_mutate) if spec is not None else ()
        meant = Exercise(
            number=item.number,
            name=item.function,
            notebook="",
            signature=", ".join(names),
            task="",
            parameters=tuple((name, "", "") for name in names),
            returns=(("result", "", ""),) if returns else (),
        )
        super().__init__(meant, student.function(item.function))

    def ask(self, *operands: Any) -> tuple[Any, dict[str, Any]]:
        """Return what it returns, and what it was called with afterwards, by name.

        Parameters
        ----------
        *operands
            In the usual order.
        """
        by_name = dict(zip(self.usual, operands, strict=True))
        ordered = [by_name[name] for name in self.order]
        result, given = self.call(*ordered, changes=self.changes)
        return result, dict(zip(self.order, given, strict=True))

    def _not_written(self, text: str = "") -> Sentence:
        return say("grading.not_written", text=text or "NotImplementedError")
