"""Drop-in modules for EECS 498/598 of the University of Michigan, assignment 2, linear classifiers.

    linear_classifier   the losses, `LinearSVM`, `Softmax`, training and the search of parameters
    eecs598             `reset_seed`, and the modules data, grad and vis
    a2_helpers          `visualize_grid` and the curves

Everything takes and returns tensors of PyTorch, on the CPU. The penalty is ``reg * sum(W**2)``,
without a factor 1/2; the bias is the last row of W and penalised like the others. Batches come from
``torch.randint``, the first W from ``1e-6 * torch.randn``, so that a seed gives the history of the
course's loop.

Where the course asks for a GPU (``cuda=True``), the data stay on the CPU, with a warning; without a
GPU, the ``torch.cuda.synchronize()`` of the notebooks has nothing to wait for and returns. The
two-layer network is not here: its module is taken from a folder of the course, where there is one.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

MODULES = {
    "a2_helpers": "linclf.compat.umich.a2_helpers",
    "eecs598": "linclf.compat.umich.eecs598",
    "eecs598.data": "linclf.compat.umich.data",
    "eecs598.grad": "linclf.compat.umich.grad",
    "eecs598.utils": "linclf.compat.umich.utils",
    "eecs598.vis": "linclf.compat.umich.vis",
    "linear_classifier": "linclf.compat.umich.linear_classifier",
}


_replaced: list[Any] = []


def on_install() -> None:
    """Let ``torch.cuda.synchronize`` return where there is no GPU, instead of raising."""
    if _replaced or find_spec("torch") is None:
        return
    cuda = import_module("torch").cuda
    if not cuda.is_available():
        _replaced.append(cuda.synchronize)
        cuda.synchronize = _nothing_to_wait_for


def on_uninstall() -> None:
    """Take that back."""
    while _replaced:
        sys.modules["torch"].cuda.synchronize = _replaced.pop()


def _nothing_to_wait_for(device: Any = None) -> None:
    pass
