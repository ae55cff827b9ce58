"""Tensors of PyTorch as NumPy arrays and back, without a copy; for the CPU only.

A tensor on the CPU and the array that is made of it are two views of the same memory, so the C core
reads a course's tensors where they lie. Importing this module needs PyTorch.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from linclf._extras import require
from linclf.checks import count
from linclf.sampling import Batches

torch = require("torch", "torch", "This course")


def as_array(tensor: Any, name: str) -> NDArray[Any]:
    """Return the array that shares the memory of a tensor.

    Parameters
    ----------
    tensor : Tensor
        Of any shape and strides; what it records for autograd is left out.
    name : str
        What messages call it.

    Returns
    -------
    array
        Of the shape and dtype of the tensor. Writing into it writes into the tensor.

    Raises
    ------
    TypeError
        If it is no tensor, or of a dtype that NumPy has not.
    ValueError
        If it is not in the memory of the CPU.

    Examples
    --------
    >>> X = torch.zeros(2, 3)
    >>> as_array(X, "X")[0, 0] = 7
    >>> X[0, 0].item()
    7.0
    >>> as_array(torch.zeros(2, device="meta"), "X")
    Traceback (most recent call last):
    ValueError: X is on the device meta, and linclf computes on the CPU; pass X.cpu()
    """
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"{name} is a {type(tensor).__name__}; pass torch.as_tensor({name})")
    if tensor.device.type != "cpu":
        raise ValueError(
            f"{name} is on the device {tensor.device}, and linclf computes on the CPU; "
            f"pass {name}.cpu()"
        )
    try:
        array: NDArray[Any] = tensor.detach().numpy()
    except TypeError:
        raise TypeError(
            f"{name} is of dtype {tensor.dtype}, which NumPy has not; pass {name}.double()"
        ) from None
    return array


def as_tensor(array: NDArray[Any]) -> Any:
    """Return the tensor that shares the memory of an array."""
    return torch.from_numpy(array)


def as_float(value: Any) -> float:
    """Return a number, or a tensor of one, as a float."""
    return float(value.detach() if isinstance(value, torch.Tensor) else value)


def as_scalar(value: float, like: Any) -> Any:
    """Return a number as a tensor of no dimensions, of the dtype of the tensor `like`."""
    return torch.tensor(value, dtype=like.dtype)


class _TorchRandom:
    """PyTorch's global generator, with the methods of NumPy's that `Batches` needs."""

    def get_state(self) -> Any:
        return torch.get_rng_state()

    def set_state(self, state: Any) -> None:
        torch.set_rng_state(state)

    def randint(self, n_rows: int, size: int, dtype: Any) -> NDArray[Any]:
        return as_array(torch.randint(n_rows, (size,)), "rows").astype(dtype, copy=False)


class TorchBatches(Batches):
    """Batches as ``torch.randint(n_rows, (batch_size,))`` draws them at every step.

    Parameters
    ----------
    n_rows, batch_size : int
        Rows are drawn with replacement, so a batch may be larger than the data.
    """

    def __init__(self, n_rows: int, batch_size: int) -> None:
        generator: Any = _TorchRandom()
        super().__init__(n_rows, 1, "replacement", generator)
        self.batch_size = count("batch_size", batch_size, least=1)
