"""`cs236781.plot`: tensors as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linclf._extras import require
from linclf.compat._shared.tensors import as_array


def tensors_as_images(
    tensors: Sequence[Any],
    nrows: int = 1,
    figsize: tuple[float, float] = (8, 8),
    titles: Sequence[Any] = (),
    wspace: float = 0.1,
    hspace: float = 0.2,
    cmap: str | None = None,
) -> tuple[Any, Any]:
    """Draw images side by side, each stretched to full contrast.

    Parameters
    ----------
    tensors : sequence of (C, H, W) tensors
        Images.
    nrows : int
        Rows of the figure.
    figsize : (float, float)
        Its size in inches.
    titles : sequence
        One for each image, or fewer; None for no title.
    wspace, hspace : float
        Space between images.
    cmap : str, optional
        A matplotlib colormap for images of one channel.

    Returns
    -------
    fig : Figure
    axes : array of Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If `nrows` is not positive, or an image has not three dimensions.
    """
    plt = require("matplotlib.pyplot", "plot", "cs236781.plot")
    if nrows < 1:
        raise ValueError(f"nrows is {nrows}; it must be 1 or more")
    fig, axes = plt.subplots(
        nrows,
        -(-len(tensors) // nrows),
        figsize=figsize,
        squeeze=False,
        gridspec_kw={"wspace": wspace, "hspace": hspace},
        subplot_kw={"xticks": [], "yticks": []},
    )
    if nrows == 1:
        axes = axes[0]
    places = axes.reshape(-1)
    for ax, tensor, i in zip(places, tensors, range(len(tensors)), strict=False):
        ax.imshow(_picture(tensor), cmap=cmap)
        if i < len(titles) and titles[i] is not None:
            ax.set_title(titles[i])
    for ax in places[len(tensors) :]:
        ax.axis("off")
    return fig, axes


def _picture(tensor: Any) -> Any:
    """Return a (C, H, W) tensor as (H, W) or (H, W, C) with values from 0 to 1."""
    if tensor.dim() != 3:
        raise ValueError(f"an image has shape {tuple(tensor.shape)}; it must be (C, H, W)")
    image = as_array(tensor, "an image").transpose(1, 2, 0).squeeze()
    low, high = image.min(), image.max()
    return (image - low) / (high - low) if high > low else image - low
