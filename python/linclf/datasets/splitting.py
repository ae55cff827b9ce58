"""Hold out part of a data set, with the classes in the same proportion on both sides."""

from __future__ import annotations

from typing import Any

import numpy as np

from linclf.datasets.options import Array

__all__ = ["Rng", "stratified_split"]

#: What `rng=` takes everywhere: the same as ``numpy.random.default_rng``.
Rng = int | np.random.Generator | np.random.SeedSequence | None


def stratified_split(
    X: Array, y: Array, *, test_size: float = 1 / 3, rng: Rng = 0
) -> tuple[Array, Array, Array, Array]:
    """Split samples at random into a training and a test part, class by class.

    Of every class the same share goes to the test part, up to one sample; the test part as a whole
    has ``round(N * test_size)`` samples. Both parts are in random order.

    Parameters
    ----------
    X : (N, ...) array
        Samples.
    y : (N,) array
        Their labels, of any kind that ``numpy.unique`` sorts.
    test_size : float
        Share of the test part, between 0 and 1, neither included.
    rng : int, Generator, SeedSequence or None
        Source of randomness. With the default everybody gets the same split.

    Returns
    -------
    X_train, y_train, X_test, y_test : arrays
        Copies, in the order in which the courses return them.

    Raises
    ------
    ValueError
        If X and y differ in length, or if one part would be empty.

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.arange(12).reshape(6, 2), np.array([0, 0, 0, 1, 1, 1])
    >>> X_train, y_train, X_test, y_test = stratified_split(X, y)
    >>> X_train.shape, X_test.shape, sorted(y_test.tolist())
    ((4, 2), (2, 2), [0, 1])
    """
    if y.ndim != 1 or len(X) != len(y):
        raise ValueError(
            f"X has {len(X)} samples but y has shape {y.shape}: pass one label per sample"
        )
    if not 0 < test_size < 1:
        raise ValueError(f"test_size is {test_size}: pass a share between 0 and 1, such as 0.25")
    n_test = round(len(y) * test_size)
    if not 0 < n_test < len(y):
        raise ValueError(
            f"test_size {test_size} of {len(y)} samples leaves one part empty: pass more samples"
        )
    generator = np.random.default_rng(rng)
    classes, codes = np.unique(y, return_inverse=True)
    quota = _quotas(np.bincount(codes.ravel(), minlength=len(classes)), n_test)
    test, train = [], []
    for k, take in enumerate(quota):
        members = generator.permutation(np.flatnonzero(codes.ravel() == k))
        test.append(members[:take])
        train.append(members[take:])
    chosen, rest = (generator.permutation(np.concatenate(part)) for part in (test, train))
    return X[rest], y[rest], X[chosen], y[chosen]


def _quotas(counts: np.ndarray[Any, np.dtype[np.intp]], total: int) -> Array:
    """Share `total` among classes in proportion to `counts`, by largest remainders."""
    exact = counts * (total / counts.sum())
    quota: Array = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(quota - exact, kind="stable")
    quota[by_remainder[: total - quota.sum()]] += 1
    return quota
