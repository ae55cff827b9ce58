"""`hw1.dataloaders`: training and validation part of a data set."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.tensors import torch


def create_train_validation_loaders(
    dataset: Any, validation_ratio: float, batch_size: int = 100, num_workers: int = 2
) -> tuple[Any, Any]:
    """Split a data set at random and return a loader for each part.

    Parameters
    ----------
    dataset : Dataset
        What to split; drawn by ``torch.randperm``.
    validation_ratio : float
        Share of the samples in the validation part, between 0 and 1.
    batch_size : int
        Of both loaders.
    num_workers : int
        Processes of both loaders; 0 loads in this one.

    Returns
    -------
    dl_train, dl_valid : DataLoader
        The first shuffles its samples anew in every epoch.

    Raises
    ------
    ValueError
        If `validation_ratio` is not between 0 and 1.

    Examples
    --------
    >>> train, valid = create_train_validation_loaders(range(10), 0.2, num_workers=0)
    >>> [sorted(batch.tolist()) for batch in train] == [sorted(batch.tolist()) for batch in train]
    True
    >>> sum(len(batch) for batch in valid)
    2
    """
    if not 0.0 < validation_ratio < 1.0:
        raise ValueError(f"validation_ratio is {validation_ratio}; it must be between 0 and 1")
    order = torch.randperm(len(dataset)).tolist()
    held_out = int(validation_ratio * len(dataset))
    valid, train = order[:held_out], torch.utils.data.SubsetRandomSampler(order[held_out:])
    dl_train, dl_valid = (
        torch.utils.data.DataLoader(
            dataset, batch_size=batch_size, sampler=sampler, num_workers=num_workers
        )
        for sampler in (train, valid)
    )
    return dl_train, dl_valid
