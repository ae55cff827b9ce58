"""``cs231n.features``: what the features notebook computes from images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linclf._extras import require

__all__ = ["color_histogram_hsv", "extract_features", "hog_feature", "rgb2gray"]

_CELL = 8  # pixels of a cell in both directions
_ORIENTATIONS = 9
_PROGRESS_EVERY = 1000


def extract_features(
    imgs: Any, feature_fns: Sequence[Callable[[Any], Any]], verbose: bool = False
) -> Any:
    """Return the features of every image, those of several functions side by side.

    Parameters
    ----------
    imgs : (N, H, W, C) array
    feature_fns : list of callables
        Each gets one image and returns a vector, always of the same length.
    verbose : bool
        Print a line every 1000 images.

    Returns
    -------
    (N, F) float64 array

    Examples
    --------
    >>> extract_features(np.ones((2, 8, 8, 3)), [hog_feature, lambda image: image[0, 0]]).shape
    (2, 12)
    """
    count = len(imgs)
    if count == 0:
        return np.array([])
    features: Any = None
    for number, image in enumerate(imgs):
        vectors = [np.asarray(function(image.squeeze())) for function in feature_fns]
        if any(vector.ndim != 1 for vector in vectors):
            raise AssertionError("Feature functions must be one-dimensional")
        row = np.hstack(vectors)
        if features is None:
            features = np.zeros((count, len(row)))
        features[number] = row
        if verbose and number % _PROGRESS_EVERY == _PROGRESS_EVERY - 1:
            print(f"Done extracting features for {number + 1:d} / {count:d} images")
    return features


def rgb2gray(rgb: Any) -> Any:
    """Return the grey image of a colour image, with the weights of the course.

    They sum to 1.03: the course has 0.144 for blue where the standard has 0.114.
    """
    return np.dot(rgb[..., :3], [0.299, 0.587, 0.144])


def hog_feature(im: Any) -> Any:
    """Return the histogram of oriented gradients of an image (Dalal & Triggs, 2005).

    Cells of 8 x 8 pixels, and 9 orientations over half a turn. Orientations of the other half
    fall into no bin: so the course has it.

    Parameters
    ----------
    im : (H, W, 3) or (H, W) array

    Returns
    -------
    (9 * (H // 8) * (W // 8),) float64 array

    Examples
    --------
    >>> hog_feature(np.arange(1024.0).reshape(32, 32)).shape
    (144,)
    """
    image = np.asarray(rgb2gray(im) if im.ndim == 3 else np.atleast_2d(im), dtype=np.float64)
    gx, gy = np.zeros(image.shape), np.zeros(image.shape)
    gx[:, :-1] = np.diff(image, axis=1)
    gy[:-1, :] = np.diff(image, axis=0)
    magnitude = np.sqrt(gx**2 + gy**2)
    orientation = np.arctan2(gy, gx + 1e-15) * (180 / np.pi) + 90
    down, across = (length // _CELL for length in image.shape)
    histogram = np.zeros((across, down, _ORIENTATIONS))  # the course goes column by column
    width = 180 / _ORIENTATIONS
    for bin_number in range(_ORIENTATIONS):
        low, high = width * bin_number, width * (bin_number + 1)
        chosen = (orientation >= low) & (orientation < high) & (orientation > 0)
        inside = np.where(chosen, magnitude, 0.0)[: down * _CELL, : across * _CELL]
        cells = inside.reshape(down, _CELL, across, _CELL).mean(axis=(1, 3))
        histogram[:, :, bin_number] = cells.T
    return histogram.ravel()


def color_histogram_hsv(
    im: Any, nbin: int = 10, xmin: float = 0, xmax: float = 255, normalized: bool = True
) -> Any:
    """Return the histogram of the hue of a colour image. Needs matplotlib.

    Parameters
    ----------
    im : (H, W, 3) array
        Pixels from 0 to xmax.
    nbin : int
        Bins, equally wide from xmin to xmax.
    xmin, xmax : float
        Range of the pixels, and of the hue as it is counted.
    normalized : bool
        Return shares that sum to 1; otherwise counts times the width of a bin.

    Returns
    -------
    (nbin,) array

    Examples
    --------
    >>> color_histogram_hsv(np.full((4, 4, 3), [0.0, 255.0, 0.0]), nbin=3)
    array([0., 1., 0.])
    """
    colors = require("matplotlib.colors", "plot", "color_histogram_hsv")
    bins = np.linspace(xmin, xmax, nbin + 1)
    hue = colors.rgb_to_hsv(im / xmax)[:, :, 0] * xmax
    counts, _ = np.histogram(hue, bins=bins, density=normalized)
    return counts * np.diff(bins)
