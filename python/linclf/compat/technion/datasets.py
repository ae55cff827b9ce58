"""`hw1.datasets`: a part of a data set."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.tensors import torch


class SubsetDataset(torch.utils.data.Dataset):  # type: ignore[misc]
    """Samples ``offset`` to ``offset + subset_len`` of another data set.

    Parameters
    ----------
    source_dataset : Dataset
        Anything with a length and items.
    subset_len : int
        How many samples.
    offset : int
        The first of them.

    Raises
    ------
    ValueError
        If the source has not so many.

    Examples
    --------
    >>> part = SubsetDataset([10, 11, 12, 13], 2, offset=1)
    >>> len(part), part[0], part[1]
    (2, 11, 12)
    """

    def __init__(self, source_dataset: Any, subset_len: int, offset: int = 0) -> None:
        if offset + subset_len > len(source_dataset):
            raise ValueError(
                f"the source has {len(source_dataset)} samples; {subset_len} from {offset} on are "
                "too many"
            )
        self.source_dataset = source_dataset
        self.subset_len = subset_len
        self.offset = offset

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < self.subset_len:
            raise IndexError(f"index is {index}, but this part has {self.subset_len} samples")
        return self.source_dataset[self.offset + index]

    def __len__(self) -> int:
        return self.subset_len
