"""PyTorch, its losses evaluated and its optimiser run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from linclf._extras import require
from linclf.conventions.comparing import ROUNDING, Row, Setting, row_size, same_arrays
from linclf.conventions.converting import to
from linclf.losses import loss_and_grad
from linclf.optimize import gradient_descent

_STEPS = 20


def torch_rows(s: Setting) -> Iterator[Row]:
    """Compare values and gradients, and W after some steps of torch.optim.SGD."""
    torch = require("torch", None, "linclf.conventions.check")
    X, y = torch.from_numpy(np.ascontiguousarray(s.X)), torch.from_numpy(s.y)
    pairs = (
        ("torch.CrossEntropyLoss", "softmax", torch.nn.CrossEntropyLoss(), 1),
        ("torch.MultiMarginLoss", "hinge", torch.nn.MultiMarginLoss(), s.n_classes),
    )
    for name, loss, criterion, divisor in pairs:
        W, b = s.weights()
        weights, bias = (torch.tensor(v, requires_grad=True) for v in (W, b))
        value = divisor * criterion(X @ weights + bias, y) + s.lam * (weights**2).sum()
        value.backward()
        objective, dW, _ = loss_and_grad(loss, W, s.X, s.y, s.lam, b=b)
        factor = " * n_classes" if divisor > 1 else ""
        yield Row(f"{name}{factor}: value", objective, value.item(), ROUNDING, "evaluated")
        yield same_arrays(f"{name}{factor}: gradient", dW, weights.grad.numpy(), "evaluated")
        for penalised in (False, True):
            yield _torch_steps(torch, name, loss, criterion, divisor, s, penalised)


def _torch_steps(
    torch: Any, name: str, loss: str, criterion: Any, divisor: int, s: Setting, penalised: bool
) -> Row:
    """Compare weights after some steps; a penalised bias is a row of W here."""
    W, b = s.weights()
    rate = 0.5 / row_size(s.X)
    decay = to(name, s.lam, n_classes=s.n_classes)
    weights, bias = (torch.tensor(v, requires_grad=True) for v in (W, b))
    free: dict[str, Any] = {"params": [bias]} | ({} if penalised else {"weight_decay": 0.0})
    optimizer = torch.optim.SGD([{"params": [weights]}, free], lr=divisor * rate, **decay)
    X, y = torch.from_numpy(np.ascontiguousarray(s.X)), torch.from_numpy(s.y)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        criterion(X @ weights + bias, y).backward()
        optimizer.step()
    options: dict[str, Any] = {"loss": loss, "reg": s.lam, "learning_rate": rate}
    options |= {"max_steps": _STEPS, "progress": False}
    if penalised:
        W = np.vstack([W, b])
        gradient_descent(W, np.hstack([s.X, np.ones((len(s.X), 1))]), s.y, **options)
        W = W[:-1]
    else:
        gradient_descent(W, s.X, s.y, b=b, **options)
    how = "bias decayed, a row of W here" if penalised else "bias not decayed, b here"
    what = f"{name}: W after {_STEPS} steps of torch.optim.SGD, {how}"
    return same_arrays(what, W, weights.detach().numpy(), "trained")
