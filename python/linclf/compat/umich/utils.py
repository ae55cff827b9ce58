"""`eecs598.utils`: seeds."""

from __future__ import annotations

import random

from linclf.compat._shared.tensors import torch


def reset_seed(number: int) -> None:
    """Seed the generators of Python and of PyTorch.

    Examples
    --------
    >>> reset_seed(0)
    >>> first = torch.rand(3)
    >>> reset_seed(0)
    >>> bool((torch.rand(3) == first).all())
    True
    """
    random.seed(number)
    torch.manual_seed(number)
