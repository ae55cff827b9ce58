"""`hw1.transforms`: what turns an image into a row of features."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.tensors import torch


class TensorView:
    """View a tensor in another shape.

    Examples
    --------
    >>> TensorView(-1)(torch.zeros(1, 28, 28)).shape
    torch.Size([784])
    """

    def __init__(self, *view_dims: int) -> None:
        self.view_dims = view_dims

    def __call__(self, tensor: Any) -> Any:
        """Return the view, which shares the memory of the tensor."""
        return tensor.view(*self.view_dims)


class InvertColors:
    """Invert an image (C, H, W) with values from 0 to 1."""

    def __call__(self, x: Any) -> Any:
        """Return ``1 - x``."""
        return 1 - x


class FlipUpDown:
    """Turn an image (C, H, W) upside down."""

    def __call__(self, x: Any) -> Any:
        """Return the rows in reverse order."""
        return x.flip(-2)


class BiasTrick:
    """Put a 1 before the features of every sample.

    Examples
    --------
    >>> BiasTrick()(torch.tensor([[10, 11], [12, 13]]))
    tensor([[ 1, 10, 11],
            [ 1, 12, 13]])
    """

    def __call__(self, x: Any) -> Any:
        """Return a tensor of the same dtype with one feature more.

        Parameters
        ----------
        x : (..., D) tensor
            At least one dimension.

        Raises
        ------
        ValueError
            If there is no dimension.
        """
        if x.dim() == 0:
            raise ValueError("a scalar has no features; pass a tensor of shape (D,) or (N, D)")
        return torch.cat([torch.ones_like(x[..., :1]), x], dim=-1)
