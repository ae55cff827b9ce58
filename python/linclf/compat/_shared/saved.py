"""Weights in the file format of the courses: a .npy file that holds the dictionary {"W": W}.

NumPy stores a dictionary as a pickle, which can run anything when it is loaded. Here only the
names that make an array are let through.
"""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np

_ALLOWED = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("_codecs", "encode"),
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}")
        return super().find_class(module_name, global_name)


def save_weights(path: str | os.PathLike[str], W: Any) -> None:
    """Write ``{"W": W}``, creating the folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(f"{folder}/softmax.npy", np.eye(2))
    ...     load_weights(f"{folder}/softmax.npy")
    array([[1., 0.],
           [0., 1.]])
    """
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    np.save(place, {"W": W}, allow_pickle=True)  # type: ignore[arg-type]


def load_weights(path: str | os.PathLike[str]) -> Any:
    """Return the W of a file with ``{"W": W}``, or the array of a plain .npy file.

    Raises
    ------
    ValueError
        If the file holds anything else.
    """
    data = Path(path).read_bytes()
    try:
        return np.load(io.BytesIO(data), allow_pickle=False)
    except ValueError:
        pass  # not a plain array
    try:
        content = _ArraysOnly(_behind_header(data)).load()
        W = content.item()["W"]
        if W is not None and W.dtype.kind != "f":
            raise ValueError(f"W is of dtype {W.dtype}")
    except Exception as error:  # whatever a damaged or foreign file makes pickle raise
        raise ValueError(f"{path} does not hold the weights of a classifier: {error}") from None
    return W


def _behind_header(data: bytes) -> io.BytesIO:
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        np.lib.format.read_array_header_1_0(stream)
    else:
        np.lib.format.read_array_header_2_0(stream)
    return stream
