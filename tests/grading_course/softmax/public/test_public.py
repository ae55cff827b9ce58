"""Tests that students get: run `pytest` in this folder."""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def test_equal_scores_have_equal_probabilities():
    """One fifth each."""
    from softmax import softmax

    np.testing.assert_allclose(softmax(np.zeros((2, 5))), 0.2)


def test_without_knowledge_the_loss_is_log_c():
    """With all weights zero."""
    from softmax import softmax_loss

    loss, _ = softmax_loss(np.zeros((2, 10)), np.eye(2), np.array([0, 9]), 0.5)
    np.testing.assert_allclose(loss, np.log(10))
