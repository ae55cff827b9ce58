"""`cs236781.dataloader_utils`: all batches of a loader at once."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.tensors import torch


def flatten(dataloader: Any) -> tuple[Any, ...]:
    """Join the batches of a loader.

    Parameters
    ----------
    dataloader : DataLoader
        Yields tensors, or tuples, lists or dictionaries of tensors.

    Returns
    -------
    tuple of tensors
        One for each place of a batch; a dictionary's come in the order of its keys.

    Raises
    ------
    TypeError
        If a batch is something else.

    Examples
    --------
    >>> x, y = flatten([(torch.zeros(2, 3), torch.zeros(2)), (torch.ones(1, 3), torch.ones(1))])
    >>> x.shape, y
    (torch.Size([3, 3]), tensor([0., 0., 1.]))
    """
    return tuple(torch.cat(parts, dim=0) for parts in zip(*map(_parts, dataloader), strict=True))


def _parts(batch: Any) -> tuple[Any, ...]:
    if torch.is_tensor(batch):
        return (batch,)
    if isinstance(batch, dict):
        return tuple(batch[key] for key in sorted(batch))
    if isinstance(batch, tuple | list):
        return tuple(batch)
    raise TypeError(f"a batch is a {type(batch).__name__}; it must be tensors, or a tensor")
