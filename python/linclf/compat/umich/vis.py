"""`eecs598.vis`: images of tensors."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from linclf._extras import require
from linclf.compat._shared.tensors import torch

_PADDING = 2  # black pixels around every sample


def tensor_to_image(tensor: Any) -> Any:
    """Return a picture to show.

    Parameters
    ----------
    tensor : (3, H, W) tensor
        Values from 0 to 1; what is beyond is clipped.

    Returns
    -------
    (H, W, 3) uint8 array

    Examples
    --------
    >>> tensor_to_image(torch.full((3, 1, 1), 0.5)).tolist()
    [[[128, 128, 128]]]
    """
    pixels = (tensor.detach() * 255 + 0.5).clamp(0, 255).permute(1, 2, 0)
    return pixels.to(torch.uint8).numpy()


def visualize_dataset(
    X_data: Any, y_data: Any, samples_per_class: int, class_list: Sequence[str]
) -> Any:
    """Draw the names of the classes into the current figure and return samples of each class.

    Parameters
    ----------
    X_data : (N, 3, H, W) tensor
        Images, values from 0 to 1.
    y_data : (N,) tensor
        Labels.
    samples_per_class : int
        Drawn by Python's ``random``, with replacement.
    class_list : sequence of str
        Names; class y is ``class_list[y]``.

    Returns
    -------
    array of uint8
        The picture, one row of samples a class, for ``plt.imshow``.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If a class has no sample.
    """
    plt = require("matplotlib.pyplot", "plot", "visualize_dataset of EECS 598")
    rows = []
    for y, name in enumerate(class_list):
        indices = (y_data == y).nonzero().view(-1)
        if len(indices) == 0:
            raise ValueError(f"there is no sample of class {y} ({name}) to draw")
        chosen = [indices[random.randrange(len(indices))].item() for _ in range(samples_per_class)]
        rows.append([X_data[i] for i in chosen])
        height = X_data.shape[2] + _PADDING
        plt.text(-4, height * y + height // 2, name, ha="right")
    return tensor_to_image(_tiles(rows))


def _tiles(rows: list[list[Any]]) -> Any:
    """Join images (3, H, W) row by row to one, on black."""
    channels, height, width = rows[0][0].shape
    pitch_y, pitch_x = height + _PADDING, width + _PADDING
    shape = (channels, pitch_y * len(rows) + _PADDING, pitch_x * len(rows[0]) + _PADDING)
    picture = torch.zeros(shape, dtype=rows[0][0].dtype)
    for i, row in enumerate(rows):
        for j, image in enumerate(row):
            y, x = _PADDING + i * pitch_y, _PADDING + j * pitch_x
            picture[:, y : y + height, x : x + width] = image
    return picture
