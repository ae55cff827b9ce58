"""One line that tells how far a run is: on a terminal, in a notebook, or nowhere.

Updated at most ten times a second, and first when a run has lasted for a moment, so that short
runs stay silent. Needs nothing beyond the standard library.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from linclf.arrays import DoubleArray

INTERVAL = 0.1  # seconds between two updates, and before the first
_SMOOTHED = 50  # steps over which the loss shown is averaged
_BAR = 20  # characters


class Progress:
    """No display at all; the others derive from it."""

    def __init__(self, total: int, label: str, steps_per_epoch: int) -> None:
        self.total, self.label, self.steps_per_epoch = total, label, steps_per_epoch
        self.over = False  # whether the run has ended, perhaps before its last step

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over = True
        self.close()

    def poll(self, before: int, rows: DoubleArray) -> Callable[[int], None] | None:
        """Return what the C core shall call now and then with its finished steps, if anything.

        `before` steps were finished before; `rows` is where the C core writes those to come.
        """
        return None

    def update(self, done: int, rows: DoubleArray) -> None:
        """Show that `done` steps are finished, the latest of them in `rows`."""

    def close(self) -> None:
        """Leave the display as it shall stay."""


class _Shown(Progress):
    """What all displays share: when to update."""

    def __init__(self, total: int, label: str, steps_per_epoch: int) -> None:
        super().__init__(total, label, steps_per_epoch)
        self.started = self.updated = perf_counter()
        self.done = 0
        self.loss = float("nan")

    def poll(self, before: int, rows: DoubleArray) -> Callable[[int], None] | None:
        return lambda done: self.update(before + done, rows[:done])

    def update(self, done: int, rows: DoubleArray) -> None:
        self.done = done
        now = perf_counter()
        if now - self.updated >= INTERVAL and len(rows):
            self.updated = now
            self.loss = float(rows[-_SMOOTHED:, :2].sum(axis=1).mean())
            self.show()

    def show(self) -> None:
        """Write the present state."""
        raise NotImplementedError

    def text(self) -> str:
        """Return the line."""
        share = self.done / max(self.total, 1)
        bar = "#" * int(_BAR * share)
        seconds = max(perf_counter() - self.started, 1e-9)
        left = seconds * (self.total - self.done) / max(self.done, 1)
        unit = "step" if self.steps_per_epoch == 1 else "epoch"
        units = -(-self.total // self.steps_per_epoch)
        present = min(units, self.done // self.steps_per_epoch + 1)
        minutes, rest = divmod(round(left), 60)
        going = self.done < self.total and not self.over
        time = f"{minutes}:{rest:02d} left" if going else f"{seconds:.1f} s"
        return (
            f"{self.label} {unit} {present}/{units} [{bar:-<{_BAR}}] {share:4.0%} "
            f"loss {self.loss:.4g}, {self.done / seconds:,.0f} steps/s, {time}"
        )


class _TerminalLine(_Shown):
    """One line on a terminal, overwritten by each update."""

    width = 0

    def show(self) -> None:
        text = self.text()
        sys.stderr.write("\r" + text.ljust(self.width))
        sys.stderr.flush()
        self.width = len(text)

    def close(self) -> None:
        if self.width:
            self.show()
            sys.stderr.write("\n")


class _LogLine(_Shown):
    """A single line when all is over, for output that cannot be overwritten."""

    def show(self) -> None:
        pass

    def close(self) -> None:
        sys.stderr.write(self.text() + "\n")


class _NotebookLine(_Shown):
    """One output of a notebook cell, replaced by each update."""

    handle: Any = None

    def show(self) -> None:
        data = {"text/plain": self.text()}
        if self.handle is None:
            display = sys.modules["IPython.display"].display
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)

    def close(self) -> None:
        if self.handle is not None:
            self.show()


class _Bar(_Shown):
    """A bar of the user's: tqdm, or what behaves like it."""

    def __init__(self, factory: Any, total: int, label: str, steps_per_epoch: int) -> None:
        super().__init__(total, label, steps_per_epoch)
        self.bar = factory(total=total, desc=label, unit="step")
        self.reported = 0

    def show(self) -> None:
        if hasattr(self.bar, "set_postfix_str"):
            self.bar.set_postfix_str(f"loss {self.loss:.4g}", refresh=False)
        self.bar.update(self.done - self.reported)
        self.reported = self.done

    def close(self) -> None:
        self.show()
        self.bar.close()


def progress_display(progress: Any, total: int, label: str, steps_per_epoch: int) -> Progress:
    """Return the display for a run of `total` steps.

    Parameters
    ----------
    progress : bool, callable or None
        None shows a line where one can be updated, on a terminal and in a notebook, but not
        under pytest. True shows one in any case; where it cannot be updated, only the last
        state. False shows none. A callable is called like ``tqdm(total=, desc=, unit=)`` and
        must return an object with ``update(n)`` and ``close()``.
    total, steps_per_epoch : int
        In steps.
    label : str
        Comes first in the line.

    Raises
    ------
    TypeError
        If `progress` is none of these.
    """
    kind: type[Progress] = Progress
    if progress is None or progress is True:
        if _in_notebook():
            kind = _NotebookLine
        elif sys.stderr is not None and sys.stderr.isatty():
            kind = _TerminalLine
        elif progress and sys.stderr is not None:
            kind = _LogLine
        if progress is None and "PYTEST_CURRENT_TEST" in os.environ:
            kind = Progress
    elif callable(progress):
        return _Bar(progress, total, label, steps_per_epoch)
    elif progress is not False:
        raise TypeError(f"progress is a {type(progress).__name__}; pass True, False, None or tqdm")
    return kind(total, label, steps_per_epoch)


def _in_notebook() -> bool:
    """Whether the output of this process goes to a Jupyter kernel; never imports IPython."""
    if "IPython" not in sys.modules or "IPython.display" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return getattr(shell, "kernel", None) is not None
