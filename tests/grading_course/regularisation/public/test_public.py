"""Tests that students get: run `pytest` in this folder."""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def test_penalties_of_one_weight():
    """By hand."""
    from penalties import elastic_net, l1_penalty, l2_penalty

    W = np.array([[-3.0]])
    assert l2_penalty(W, 2.0)[0] == 18.0
    assert l1_penalty(W, 2.0)[0] == 6.0
    assert elastic_net(W, 2.0, 0.5)[0] == 15.0
