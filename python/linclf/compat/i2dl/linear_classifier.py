"""``exercise_code.classifiers.linear_classifier``: the base of the classifiers."""

from __future__ import annotations

from linclf.compat._shared.classifier import TrainedClassifier

__all__ = ["LinearClassifier"]


class LinearClassifier(TrainedClassifier):
    """A linear classifier; subclasses say which loss, by overriding `loss`.

    Attributes
    ----------
    W : (D, C) array or None
        Weights; None before training.
    """
