"""The handwritten digits that come with the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from linclf.datasets.options import Arrays, Split, deliver, parts_of
from linclf.datasets.splitting import Rng, stratified_split

__all__ = ["digits"]

_FILE = Path(__file__).parent.parent / "data" / "digits.npz"


def digits(
    *,
    split: Split = "all",
    flatten: bool = True,
    dtype: DTypeLike | None = None,
    bias: bool = False,
    test_size: float = 1 / 3,
    rng: Rng = 0,
) -> Arrays:
    """Return 1,797 handwritten digits, 8 x 8 pixels each.

    These are the test samples of "Optical Recognition of Handwritten Digits" by E. Alpaydin and
    C. Kaynak (1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, licensed
    under CC BY 4.0; see ``linclf/data/digits.txt``. scikit-learn's ``load_digits`` has the same.

    Parameters
    ----------
    split : {"all", "both", "train", "test"}
        All samples in their original order, or a part: classes keep their shares.
    flatten : bool
        Return X as (N, 64), else as (N, 8, 8, 1).
    dtype : dtype, optional
        Convert X; values stay 0 to 16.
    bias : bool
        Append a column of ones to X; needs `flatten`.
    test_size : float
        Share of samples that are held out.
    rng : int, Generator, SeedSequence or None
        Source of randomness of the split. With the default everybody gets the same split.

    Returns
    -------
    X, y : arrays
        X is (1797, 64) uint8, from 0 (paper) to 16 (ink); y is (1797,) int64, the digit. For
        ``split="both"``: ``X_train, y_train, X_test, y_test``.

    Examples
    --------
    >>> X, y = digits()
    >>> X.shape, X.dtype, y[:10].tolist()
    ((1797, 64), dtype('uint8'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    >>> X_train, y_train, X_test, y_test = digits(split="both", dtype="float32", bias=True)
    >>> X_train.shape, X_test.shape
    ((1198, 65), (599, 65))
    """
    wanted = parts_of(split)
    with np.load(_FILE, allow_pickle=False) as file:
        X, y = file["X"].reshape(-1, 8, 8, 1), file["y"].astype(np.int64)
    if split == "all":
        parts = [(X, y)]
    else:
        X_train, y_train, X_test, y_test = stratified_split(X, y, test_size=test_size, rng=rng)
        both = {"train": (X_train, y_train), "test": (X_test, y_test)}
        parts = [both[part] for part in wanted]
    return deliver(parts, split, flatten=flatten, dtype=dtype, bias=bias)
