"""Images as ``scipy.misc`` read and wrote them until 2019. Needs Pillow, as matplotlib does."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from linclf._extras import require

__all__ = ["imread", "imresize", "imsave"]


def imread(name: str | os.PathLike[str], flatten: bool = False, mode: str | None = None) -> Any:
    """Return the image in a file as an array (H, W, 3) or (H, W), uint8 unless flattened.

    Parameters
    ----------
    name : path
    flatten : bool
        Return grey values as float32.
    mode : str, optional
        Mode of Pillow to convert to, such as "RGB".
    """
    with _pillow().open(name) as image:
        if flatten:
            return np.array(image.convert("F"))
        if mode is None and image.mode == "P":
            mode = "RGBA" if "transparency" in image.info else "RGB"
        return np.array(image if mode is None else image.convert(mode))


def imresize(arr: Any, size: Any) -> Any:
    """Return an image in another size, smoothed.

    Parameters
    ----------
    arr : (H, W, 3) or (H, W) uint8 array
    size : tuple of int, float or int
        New (height, width), or a factor, or with an int per cent.
    """
    image = _pillow().fromarray(np.asarray(arr, dtype=np.uint8))
    if isinstance(size, int | float):
        factor = size / 100 if isinstance(size, int) else size
        size = (int(image.height * factor), int(image.width * factor))
    return np.array(image.resize((size[1], size[0]), _pillow().Resampling.BILINEAR))


def imsave(name: str | os.PathLike[str], arr: Any) -> None:
    """Write an image; the ending of the name says in which format."""
    _pillow().fromarray(np.asarray(arr, dtype=np.uint8)).save(name)


def _pillow() -> Any:
    return require("PIL.Image", "plot", "scipy.misc under linclf.compat")
