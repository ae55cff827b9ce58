"""What goes into a call of a submission, and what of it is changed when the call is over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from linclf.grading import failures
from linclf.grading.child import wire
from linclf.grading.student.claims import checked_state


class Operands:
    """What went into a call: functions to be called back, and what may have been changed.

    Parameters
    ----------
    name_of : callable
        Returns the name of a function of the submission itself, None of anything else.
    """

    def __init__(self, name_of: Callable[[Any], str | None]) -> None:
        self._name_of = name_of
        self.functions: list[Callable[..., Any]] = []
        self.generators: list[np.random.Generator] = []
        self.arrays: list[Any] = []

    def special(self, value: Any) -> str:
        """Return what stands for an operand that is no plain value."""
        own = self._name_of(value)
        if own is not None:
            return json.dumps({"function": own})
        if isinstance(value, np.random.Generator):
            if type(value.bit_generator) is not np.random.PCG64:
                raise TypeError("a generator must be of np.random.default_rng, to be sent")
            self.generators.append(value)
            return json.dumps({"rng": wire.told_state(value)})
        if isinstance(value, np.ndarray):
            raise TypeError(
                f"an array of dtype {value.dtype} and {value.ndim} axes cannot be sent: use "
                "float64, float32, int64, int32, bool or uint8, and at most 4 axes"
            )
        if callable(value):
            self.functions.append(value)
            name = getattr(value, "__name__", type(value).__name__)
            return json.dumps({"callable": [len(self.functions) - 1, str(name)]})
        raise TypeError(f"a {type(value).__name__} cannot be sent to a submission")

    def take_over(self, changed: dict[int, Any], advanced: dict[int, Any]) -> None:
        """Change our arrays and generators as the submission changed its copies."""
        for number, array in changed.items():
            if type(array) is not np.ndarray or not 0 <= number < len(self.arrays):
                raise wire.ProtocolError("a change of what was not sent")
            _overwrite(self.arrays[number], array)
        for number, told in advanced.items():
            if not 0 <= number < len(self.generators):
                raise wire.ProtocolError("a generator that was not sent")
            self.generators[number].bit_generator.state = checked_state(told)


def _overwrite(ours: Any, theirs: Any) -> None:
    """Write the numbers of one array into another, as far as they fit."""
    if ours.size != theirs.size:
        return
    writable = ours.flags.writeable
    with np.errstate(all="ignore"):
        try:
            ours.flags.writeable = True  # there it was made so
            ours[...] = theirs.reshape(ours.shape).astype(ours.dtype)
        except ValueError:  # a view of what is read-only
            raise failures.BadReturn("a change of a read-only array") from None
        finally:
            if not writable:
                ours.flags.writeable = False
