"""`a2_helpers`: pictures and curves of assignment 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linclf._extras import require
from linclf.compat._shared import pictures
from linclf.compat._shared.tensors import as_array, as_tensor


def hello_helper() -> None:
    """Say that the import works."""
    print("Hello from a2_helpers.py!")


def visualize_grid(Xs: Any, ubound: float = 255.0, padding: int = 1) -> Any:
    """Join images to a square grid, each stretched to full contrast.

    Parameters
    ----------
    Xs : (N, H, W, C) tensor
        Images; one of a single colour becomes black.
    ubound : float
        The largest value of the result; the smallest is 0.
    padding : int
        Black pixels between two images.

    Returns
    -------
    (rows, columns, C) float32 tensor

    Examples
    --------
    >>> import torch
    >>> visualize_grid(torch.rand(3, 8, 8, 3), padding=2).shape
    torch.Size([18, 18, 3])
    """
    return as_tensor(pictures.visualize_grid(as_array(Xs, "Xs"), ubound, padding)).float()


def plot_stats(stat_dict: Mapping[str, Any]) -> None:
    """Draw the loss of every iteration and the accuracies of every epoch.

    Parameters
    ----------
    stat_dict : dict
        ``loss_history``, ``train_acc_history`` and ``val_acc_history``.
    """
    plt = _pyplot()
    plt.subplot(1, 2, 1)
    plt.plot(stat_dict["loss_history"], "o")
    _label("Loss history", "Iteration", "Loss")
    plt.subplot(1, 2, 2)
    for part in ("train", "val"):
        plt.plot(stat_dict[f"{part}_acc_history"], "o-", label=part)
    _label("Classification accuracy history", "Epoch", "Classification accuracy")
    plt.legend()
    plt.gcf().set_size_inches(14, 4)
    plt.show()


def plot_acc_curves(stat_dict: Mapping[Any, Mapping[str, Any]]) -> None:
    """Draw the accuracies of several runs.

    Parameters
    ----------
    stat_dict : dict
        Run -> its ``train_acc_history`` and ``val_acc_history``.
    """
    plt = _pyplot()
    for place, (part, title) in enumerate([("train", "Train"), ("val", "Validation")], 1):
        plt.subplot(1, 2, place)
        for run, stats in stat_dict.items():
            plt.plot(stats[f"{part}_acc_history"], label=str(run))
        _label(f"{title} accuracy history", "Epoch", "Classification accuracy")
    plt.legend()
    plt.gcf().set_size_inches(14, 5)
    plt.show()


def _pyplot() -> Any:
    return require("matplotlib.pyplot", "plot", "a2_helpers")


def _label(title: str, x: str, y: str) -> None:
    plt = _pyplot()
    plt.title(title)
    plt.xlabel(x)
    plt.ylabel(y)
