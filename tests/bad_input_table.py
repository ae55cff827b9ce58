"""The table of bad inputs: what is wrong, which error it raises, and what the error must say.

A row names the arguments it spoils; `cases` pairs it with every function that takes them.
The words are searched for in the message, in any order and whatever their case.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
from bad_inputs import FUNCTIONS, TABLE, WRONG, Arguments, Bad, C, D, N, Spoil, arguments, bad
from linclf import L2, _linclf


def cases() -> Iterator[tuple[str, str, Bad]]:
    """Yield (test id, function name, row) for every pair that makes sense."""
    for row in TABLE:
        changed = set(row.spoil(arguments()))
        for function, (_, takes) in FUNCTIONS.items():
            if changed <= takes and (not row.only or function in row.only):
                yield f"{function}: {row.name}", function, row


def _named(name: str) -> str:
    """Return what a message may call an argument: outputs are also parts of `out`."""
    return rf"\b{name}\b" + (r"|\bout\b" if name in ("dW", "db", "S") else "")


# --------------------------------------------------------------------------- not an array


class Lookalike:
    """Has the protocols of an array without being one."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.__array_interface__ = array.__array_interface__

    def __array__(self, dtype=None, copy=None):
        return self.array


def _of(name: str, change: Callable[[np.ndarray], object]) -> Spoil:
    return lambda a: change(a[name])


ARRAYS = {"W": "W", "X": "X", "y": "y", "b": "b", "center": "center", "dW": "dW", "S": "S"}

for _name in ARRAYS:
    for _kind, _value in (("a number", 3.5), ("a string", "abc"), ("a dict", {})):
        bad(f"{_name} is {_kind}", TypeError, _name, "ndarray|array", **{_name: _value})
    bad(
        f"{_name} is a list", TypeError, _name, "list", "asarray|np.array",
        **{_name: _of(_name, np.ndarray.tolist)},
    )  # fmt: skip
    bad(f"{_name} is a lookalike", TypeError, _name, "Lookalike", **{_name: _of(_name, Lookalike)})
    bad(
        f"{_name} has a mask", TypeError, _name, "mask",
        **{_name: _of(_name, lambda A: np.ma.masked_array(A, A.mean() < A))},
    )  # fmt: skip
for _name in ("W", "X", "y"):
    bad(f"{_name} is None", TypeError, _name, **{_name: None})


class Sparse:
    """What a SciPy sparse matrix looks like from outside."""

    __module__ = "scipy.sparse._csr"

    def toarray(self) -> np.ndarray:
        """Convert."""
        return np.zeros((N, D))


bad("X is sparse", TypeError, r"\bX\b", "toarray", X=lambda a: Sparse())

# --------------------------------------------------------------------------- dtype

for _dtype in ("float16", "longdouble", "complex128", "bool", "object", "U3", "M8[s]", ">f8"):
    for _name in ("W", "X", "b", "center", "dW", "S"):
        bad(
            f"{_name} is {_dtype}", TypeError, _named(_name), "float64|float32|astype",
            **{_name: lambda a, n=_name, t=_dtype: np.zeros(a[n].shape, t)},
        )  # fmt: skip
for _name in ("W", "b", "center", "dW", "S"):
    bad(
        f"{_name} is an integer array", TypeError, _named(_name), "int64", "float64|astype",
        **{_name: lambda a, n=_name: np.zeros(a[n].shape, np.int64)},
    )  # fmt: skip
for _name in ("X", "b", "dW"):
    bad(
        f"{_name} is float32 and W float64", TypeError, _named(_name), "float32", "float64",
        **{_name: lambda a, n=_name: a[n].astype(np.float32)},
    )  # fmt: skip
bad(
    "X is a structured array", TypeError, r"\bX\b",
    X=lambda a: np.zeros((N, D), [("f", "f4"), ("g", "f4")]),
)  # fmt: skip
bad("X is a big-endian integer array", TypeError, r"\bX\b", "endian|byte order|astype",
    X=lambda a: np.zeros((N, D), ">i4"))  # fmt: skip
for _dtype in ("float64", "bool", "U3", "object", "complex128", ">i8"):
    bad(
        f"y is {_dtype}", TypeError, r"\by\b", "integer|astype",
        loss="hinge", y=lambda a, t=_dtype: np.ones(N, t),
    )  # fmt: skip

# --------------------------------------------------------------------------- shape

bad("X has no rows", ValueError, r"\bX\b", "0|no (rows|samples)|empty",
    only=("loss_and_grad", "loss_value", "sgd"),
    X=lambda a: a["X"][:0], y=lambda a: a["y"][:0])  # fmt: skip
bad("there are no features", ValueError, "0|no features|empty",
    X=lambda a: a["X"][:, :0], W=lambda a: a["W"][:0], center=lambda a: a["center"][:0],
    only=("loss_and_grad", "loss_value", "sgd", "scores", "predict"))  # fmt: skip
bad("there are no classes", ValueError, "W", "0|no (classes|columns)|empty",
    W=lambda a: a["W"][:, :0], b=lambda a: a["b"][:0])  # fmt: skip
for _name in ("W", "X", "dW", "S"):
    bad(f"{_name} has one axis", ValueError, _named(_name), "2|two|shape",
        **{_name: _of(_name, np.ravel)})  # fmt: skip
    bad(f"{_name} has three axes", ValueError, _named(_name), "2|two|shape|3|three",
        **{_name: _of(_name, lambda A: A[None])})  # fmt: skip
bad("W has a row too many", ValueError, "W", "5", "4",
    only=("loss_and_grad", "loss_value", "sgd", "scores", "predict", "sgd_step"),
    W=lambda a: np.zeros((D + 1, C)))  # fmt: skip
bad("X has a column too many", ValueError, r"\bX\b", "5", "4", X=np.zeros((N, D + 1)))
for _more in (-1, 1):
    bad(f"y has {N + _more} labels", ValueError, r"\by\b", str(N + _more), str(N),
        y=np.zeros(N + _more, int))  # fmt: skip
    bad(f"b has {C + _more} entries", ValueError, r"\bb\b", str(C + _more), str(C),
        b=np.zeros(C + _more))  # fmt: skip
    bad(f"center has {D + _more} entries", ValueError, "center", str(D + _more), str(D),
        center=np.zeros(D + _more))  # fmt: skip
    bad(f"db has {C + _more} entries", ValueError, "db", str(C + _more), str(C),
        db=np.zeros(C + _more))  # fmt: skip
for _name in ("b", "center", "db"):
    bad(f"{_name} has two axes", ValueError, _named(_name), "1|one|shape",
        **{_name: _of(_name, lambda A: A[None])})  # fmt: skip
bad("dW is transposed", ValueError, "dW", "4", "10", dW=lambda a: a["dW"].reshape(C, D))
bad("S is transposed", ValueError, "20", "10", only=("scores",), S=np.full((C, N), 55.0))
bad("S has no columns", ValueError, r"\bS\b", "0|no classes|empty", only=("softmax",),
    S=np.zeros((3, 0)))  # fmt: skip
bad("y is one-hot", ValueError, r"\by\b", r"argmax\((axis=)?1\)", loss="hinge",
    y=lambda a: np.eye(C, dtype=int)[a["y"]])  # fmt: skip
bad("y is one-hot, of floats, for a hinge", WRONG, r"\by\b", r"argmax\((axis=)?1\)", loss="hinge",
    y=lambda a: np.eye(C)[a["y"]])  # fmt: skip
bad("y is one-hot integers for softmax", WRONG, r"\by\b", r"argmax\((axis=)?1\)|astype",
    y=lambda a: np.eye(C, dtype=int)[a["y"]])  # fmt: skip
bad("y is a column", ValueError, r"\by\b", r"ravel\(\)", loss="hinge",
    y=lambda a: a["y"][:, None])  # fmt: skip
bad("y is a column for softmax", ValueError, r"\by\b", r"ravel\(\)", y=lambda a: a["y"][:, None])
bad("target probabilities for one class too few", ValueError, r"\by\b", "9", "10",
    y=np.full((N, C - 1), 0.1))  # fmt: skip
bad("target probabilities for one sample too many", ValueError, r"\by\b", "21", "20",
    y=np.full((N + 1, C), 0.1))  # fmt: skip

# --------------------------------------------------------------------------- labels

for _place in (0, 17, N - 1):
    for _label in (-1, C, C + 1, 2**31, -(2**63), 2**63 - 1, 2**32):

        def _mislabelled(a: Arguments, i: int = _place, label: int = _label) -> np.ndarray:
            y = a["y"].copy()
            y[i] = label
            return y

        bad(f"y[{_place}] is {_label}", ValueError,
            rf"y\[{_place}\] is {_label}\b.*\b10 classes.*0 ?\.\. ?9", y=_mislabelled)  # fmt: skip
bad("y holds 2**64 - 1", ValueError, r"y\[\d+\] is 18446744073709551615",
    y=np.full(N, 2**64 - 1, np.uint64))  # fmt: skip
bad("labels start at 1", ValueError, r"y\[\d+\] is 10", y=np.arange(N) % C + 1)

# --------------------------------------------------------------------------- memory


def _shifted(array: np.ndarray) -> np.ndarray:
    """Copy an array to an address that is one byte off."""
    room = np.zeros(array.nbytes + 16, np.uint8)
    view = room[1 : 1 + array.nbytes].view(array.dtype).reshape(array.shape)
    view[...] = array
    return view


def _packed_field(array: np.ndarray) -> np.ndarray:
    """Copy an array into a field of a packed record, at a stride of nine bytes."""
    record = np.zeros(array.shape, [("flag", "u1"), ("field", array.dtype)])
    record["field"] = array
    return record["field"]


def _frozen(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


for _name in ("W", "X", "y", "b", "center", "dW", "db", "S"):
    bad(f"{_name} is misaligned", ValueError, _named(_name), "align",
        **{_name: _of(_name, _shifted)})  # fmt: skip
    bad(f"{_name} is a packed field", ValueError, _named(_name), "align",
        **{_name: _of(_name, _packed_field)})  # fmt: skip
for _name in ("dW", "db", "S"):
    bad(f"{_name} is read-only", ValueError, _named(_name), "read-only|writ",
        only=("loss_and_grad", "scores"), **{_name: _of(_name, _frozen)})  # fmt: skip
bad("W is read-only", ValueError, r"\bW\b", "read-only|writ", only=("sgd", "sgd_step"),
    W=_of("W", _frozen))  # fmt: skip
bad("b is read-only", ValueError, r"\bb\b", "read-only|writ", only=("sgd",), b=_of("b", _frozen))


def _zero_strided(array: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.as_strided(array, strides=(0,) * array.ndim)


def _windows(array: np.ndarray) -> np.ndarray:
    """Rows that each begin within the one before."""
    step = array.itemsize * (array.shape[1] - 1)
    return np.lib.stride_tricks.as_strided(array, strides=(step, array.itemsize))


def _columns_of_windows(array: np.ndarray) -> np.ndarray:
    step = array.itemsize * (array.shape[0] - 1)
    return np.lib.stride_tricks.as_strided(array, strides=(array.itemsize, step))


for _name, _only in (("dW", ("loss_and_grad",)), ("S", ("scores",)), ("W", ("sgd", "sgd_step"))):
    for _overlap in (_zero_strided, _windows, _columns_of_windows):
        bad(f"the entries of {_name} overlap: {_overlap.__name__}", ValueError, _named(_name),
            "overlap", only=_only, **{_name: _of(_name, _overlap)})  # fmt: skip
bad("the entries of db overlap", ValueError, _named("db"), "overlap", only=("loss_and_grad",),
    db=_of("db", _zero_strided))  # fmt: skip


@functools.cache
def _room() -> np.ndarray:
    return np.arange(4.0 * N * C)


def _in_room(start: int, shape: tuple[int, ...], step: int = 1) -> np.ndarray:
    size = int(np.prod(shape))
    return _room()[start : start + step * size : step].reshape(shape)


_LG = ("loss_and_grad",)
bad("out is W", ValueError, "dW|out", r"\bW\b", "overlap|share", only=_LG, dW=lambda a: a["W"])
bad("out is X", ValueError, "dW|out", "overlap|share", only=_LG,
    W=np.ones((D, D)), X=(_x := np.eye(D)), y=np.arange(D), b=np.zeros(D), db=np.zeros(D),
    dW=lambda a: _x)  # fmt: skip
bad("out is W, one element on", ValueError, "dW|out", r"\bW\b", "overlap|share", only=_LG,
    W=_in_room(0, (D, C)), dW=_in_room(1, (D, C)))  # fmt: skip
bad("out ends in X", ValueError, "dW|out", r"\bX\b", "overlap|share", only=_LG,
    dW=_in_room(0, (D, C)), X=_in_room(D * C - 1, (N, D)))  # fmt: skip
bad("db is b", ValueError, "db|out", r"\bb\b", "overlap|share", only=_LG, db=lambda a: a["b"])
bad("db lies in dW", ValueError, "db|out", "overlap|share", only=_LG,
    dW=_in_room(0, (D, C)), db=_in_room(5, (C,)))  # fmt: skip
bad("db lies in center", ValueError, "db|out", "center", "overlap|share", only=_LG,
    db=_in_room(0, (C,)), center=_in_room(9, (D,)))  # fmt: skip
bad("out lies in y", ValueError, "dW|out", r"\by\b", "overlap|share", only=_LG,
    dW=(_both := np.zeros((D, C))), y=_both.view(np.int64).reshape(-1)[:N])  # fmt: skip
bad("out lies in the target probabilities", ValueError, "dW|out", r"\by\b", "overlap|share",
    only=_LG, dW=_in_room(0, (D, C)), y=_in_room(0, (N, C)))  # fmt: skip
bad("the scores overlap X", ValueError, "S|out", r"\bX\b", "overlap|share", only=("scores",),
    S=_in_room(0, (N, C)), X=_in_room(N * C - 1, (N, D)))  # fmt: skip
bad("W overlaps X", ValueError, r"\bW\b", r"\bX\b", "overlap|share", only=("sgd",),
    W=_in_room(0, (D, C)), X=_in_room(3, (N, D)))  # fmt: skip
bad("W overlaps b", ValueError, r"\bW\b|\bb\b", "overlap|share", only=("sgd",),
    W=_in_room(0, (D, C)), b=_in_room(3, (C,)))  # fmt: skip
bad("dW is W", ValueError, "dW", r"\bW\b", "overlap|share", only=("sgd_step",),
    dW=lambda a: a["W"])  # fmt: skip
bad("dW is W, one element on", ValueError, "dW", r"\bW\b", "overlap|share", only=("sgd_step",),
    W=_in_room(0, (D, C)), dW=_in_room(1, (D, C)))  # fmt: skip

# --------------------------------------------------------------------------- out as a whole

bad("out is a list", TypeError, "out", only=_LG, out=lambda a: [a["dW"], a["db"]])
bad("out is one array although there is a bias", WRONG, "out", r"\bb\b|tuple|pair|db", only=_LG,
    out=lambda a: a["dW"])  # fmt: skip
bad("out is a pair although there is no bias", WRONG, "out", only=_LG,
    b=None, out=lambda a: (a["dW"], a["db"]))  # fmt: skip
bad("out has three parts", WRONG, "out", only=_LG, out=lambda a: (a["dW"], a["db"], a["S"]))
bad("out is a pair of None", TypeError, "dW|out", only=_LG, out=(None, None))

# --------------------------------------------------------------------------- scalars


class BrokenIndex:
    """An integer-like object that fails."""

    def __index__(self) -> int:
        raise KeyError("this index is broken")


class BrokenPenalty:
    """A penalty that fails."""

    l2 = 1.0

    @property
    def l1(self) -> float:
        """Fail."""
        raise KeyError("this penalty is broken")


class Strengths:
    """A penalty object with any attributes."""

    def __init__(self, l2: object, l1: object) -> None:
        self.l2, self.l1 = l2, l1


_ANY = (TypeError, ValueError, OverflowError)
for _name in ("reg", "delta", "learning_rate", "h"):
    for _value in (float("nan"), float("inf"), -1.0, -float("inf")):
        bad(f"{_name} is {_value}", ValueError, _name, **{_name: _value})
    for _value in (1j, [1.0], Decimal(1)):
        bad(f"{_name} is {_value!r}", TypeError, _name, **{_name: _value})
    bad(f"{_name} is a string", WRONG, _name, **{_name: "1.0"})
for _value in (0.0, 1e-300):
    bad(f"h is {_value}", ValueError, rf"\bh\b is {_value:g}", "leave", h=_value)
bad("reg is None", TypeError, "reg", reg=None)
bad("reg.l2 is negative", ValueError, "reg|l2", reg=lambda a: Strengths(-1.0, 0.0))
bad("reg.l1 is nan", ValueError, "reg|l1", reg=lambda a: Strengths(0.0, float("nan")))
bad("reg.l1 is a string", TypeError, "reg|l1", reg=lambda a: Strengths(0.0, "1"))
bad("reg is a class", TypeError, "reg", reg=lambda a: L2)
bad("reg fails", KeyError, "this penalty is broken", reg=lambda a: BrokenPenalty())
for _value in (0, -1, -(2**31)):
    bad(f"n_threads is {_value}", ValueError, "n_threads", n_threads=_value)
for _value in (2.0, "2", Fraction(2), True):
    bad(f"n_threads is {_value!r}", TypeError, "n_threads|integer|index", n_threads=_value)
bad("n_threads is huge", _ANY, n_threads=2**70)
bad("n_threads fails", KeyError, "this index is broken", n_threads=lambda a: BrokenIndex())
bad("the loss is unknown", ValueError, "svm", *_linclf.losses(), loss="svm")
bad("the loss is a number", TypeError, "loss", loss=3)
bad("the loss is None", TypeError, "loss", loss=None)
