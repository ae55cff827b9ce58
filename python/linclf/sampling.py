"""Which rows make up each minibatch: drawn by NumPy, in chunks, as if drawn step by step.

The recipe, for ``rng = np.random.default_rng(seed)`` and N rows:

    "shuffle"      at the start of every epoch  order = rng.permutation(N);
                   its batches are order[0:B], order[B:2*B], ..., the last one short
    "replacement"  at every step                rows = rng.integers(N, size=B)

A ``RandomState`` draws with ``randint`` instead of ``integers``. However a run ends, the
generator is left where this recipe leaves it, so a next run continues the stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import count

if TYPE_CHECKING:
    from linclf.arrays import IndexArray, Rng

CHUNK = 1 << 17  # row numbers drawn at once: 1 MiB
_NOTHING = np.empty(0, np.int64)


def as_generator(rng: Rng) -> np.random.Generator | np.random.RandomState:
    """Return the random generator that `rng` stands for.

    Raises
    ------
    TypeError
        If `rng` is of another type, a bool or a float for instance.
    ValueError
        If `rng` is a negative number.
    """
    if isinstance(rng, np.random.Generator | np.random.RandomState):
        return rng
    seeds = int | np.integer | np.random.SeedSequence | np.random.BitGenerator | None
    if isinstance(rng, bool) or not isinstance(rng, seeds):
        raise TypeError(
            f"rng is a {type(rng).__name__}; pass a seed such as 0, np.random.default_rng(0), "
            "a SeedSequence, or None for a fresh start"
        )
    if isinstance(rng, int | np.integer) and rng < 0:
        raise ValueError(f"rng is {rng}; a seed must be 0 or more")
    return np.random.default_rng(rng)


def seed_of(rng: Rng, generator: np.random.Generator | np.random.RandomState) -> int | str:
    """Return what a history notes of `rng`: the seed where it is known, for None as well."""
    if isinstance(rng, int | np.integer):
        return int(rng)
    if rng is None or isinstance(rng, np.random.SeedSequence):
        bits: Any = generator.bit_generator  # type: ignore[union-attr]
        sequence = getattr(bits, "seed_seq", None) or bits._seed_seq  # NumPy < 1.25
        if isinstance(sequence.entropy, int) and not sequence.spawn_key:
            return int(sequence.entropy)
    return str(generator)


@dataclass(slots=True)
class Chunk:
    """Row numbers drawn at once.

    Attributes
    ----------
    state : object
        Of the generator before they were drawn.
    rows : array or None
        None while they are being drawn: a signal handler may raise amid that.
    used : int
        How many belong to finished steps.
    """

    state: Any
    rows: IndexArray | None = None
    used: int = 0

    def use(self, rows: int) -> None:
        """Note that the first `rows` belong to finished steps; the last batch may be short."""
        self.used = rows if self.rows is None else min(rows, len(self.rows))


class Batches:
    """Row numbers of one minibatch after the other.

    Parameters
    ----------
    n_rows, batch_size : int
        A `batch_size` above `n_rows` is clipped to it.
    sampling : str
        ``"shuffle"`` or ``"replacement"``.
    rng : Generator or RandomState
        Where they are drawn from.
    """

    def __init__(
        self,
        n_rows: int,
        batch_size: int,
        sampling: str,
        rng: np.random.Generator | np.random.RandomState,
    ) -> None:
        if sampling not in ("shuffle", "replacement"):
            raise ValueError(f"sampling is {sampling!r}; it must be 'shuffle' or 'replacement'")
        self.n_rows = n_rows
        self.batch_size = max(1, min(count("batch_size", batch_size, least=1), n_rows))
        self.steps_per_epoch = max(1, -(-n_rows // self.batch_size))
        self.chunk = Chunk(None, _NOTHING)
        self._shuffle = sampling == "shuffle"
        self._rng: Any = rng

    def take(self, steps: int, ahead: int) -> IndexArray:
        """Return the rows of the next batches: of `steps` steps, or fewer; the last may be short.

        They count as used when ``chunk.used`` says so, and are returned again until then. Rows
        may be drawn for up to `ahead` steps, which is for speed alone.
        """
        chunk = self.chunk
        if chunk.rows is None or chunk.used == len(chunk.rows):
            chunk = self.chunk = Chunk(_state(self._rng))
            chunk.rows = self._draw(self._units(ahead))
        return chunk.rows[chunk.used : chunk.used + steps * self.batch_size]

    def settle(self) -> None:
        """End a run: give back what was drawn but not used."""
        chunk, self.chunk = self.chunk, Chunk(None, _NOTHING)
        if chunk.rows is None or chunk.used < len(chunk.rows):
            _restore(self._rng, chunk.state)
            unit = self.n_rows if self._shuffle else self.batch_size
            self._draw(-(-chunk.used // unit))

    def _units(self, steps: int) -> int:
        """Return how many epochs (shuffle) or steps (replacement) to draw for `steps`."""
        if not self._shuffle:
            return min(steps, max(1, CHUNK // self.batch_size))
        if self.n_rows % self.batch_size:
            return 1
        return max(1, min(steps // self.steps_per_epoch, CHUNK // self.n_rows))

    def _draw(self, units: int) -> IndexArray:
        rng = self._rng
        if self._shuffle:
            orders = [rng.permutation(self.n_rows) for _ in range(units)]
            drawn = orders[0] if units == 1 else np.concatenate(orders or [np.empty(0)])
        else:
            draw = rng.integers if isinstance(rng, np.random.Generator) else rng.randint
            drawn = draw(self.n_rows, size=units * self.batch_size, dtype=np.int64)
        result: IndexArray = drawn.astype(np.int64, copy=False)
        return result


def _state(rng: Any) -> Any:
    return rng.bit_generator.state if isinstance(rng, np.random.Generator) else rng.get_state()


def _restore(rng: Any, state: Any) -> None:
    if isinstance(rng, np.random.Generator):
        rng.bit_generator.state = state
    else:
        rng.set_state(state)
