"""Raw uint8 pixels with ``center=``, against float32 pixels made before, and on each call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import linclf
import numpy as np
from linclf.cli.peers import ORDERS, NumpyInPlace, Task
from linclf.cli.surroundings import optional
from linclf.cli.timing import Contender
from numpy.typing import NDArray

from benchmarks import exact
from benchmarks.cases import Plan, Race
from benchmarks.course import LOSSES
from benchmarks.data import pixels, weights

__all__ = ["races"]

Array = NDArray[Any]
REG = 1e-3


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race for each size and loss; the weights are float32."""
    for size in plan.chosen("mnist", "cifar"):
        X, y, mean = pixels(size)
        center = mean.astype(np.float32)
        W = weights(size, "float32") / np.float32(64)
        for loss in plan.losses:
            task = Task(loss, W, X, y, REG)
            yield Race(
                "uint8",
                size.name,
                size.shape,
                "uint8",
                loss,
                _contenders(task, center, plan.threads),
                exact.objective(task, center=center),
                exact.tolerance("float32", size.N, size.D),
                flops=4.0 * size.N * size.D * size.C,
                bytes=X.nbytes,
                resident=X.nbytes,
            )


def _contenders(task: Task, center: Array, threads: tuple[int, ...]) -> list[Contender]:
    loss, W, X, y, reg = task.loss, task.W, task.X, task.y, task.reg
    prepared, out = X - center, np.empty_like(W)
    raw = partial(linclf.loss_and_grad, loss, W, X, y, reg, center=center, out=out)
    ready = partial(linclf.loss_and_grad, loss, W, prepared, y, reg, out=out)
    works: list[tuple[str, str, Callable[[], Any]]] = [
        ("NumPy", name, _in_place(task, center, by_class)) for name, by_class in ORDERS.items()
    ]
    works.append(("NumPy", "course", lambda: LOSSES[loss](W, X - center, y, reg)))
    torch = optional("torch")
    if torch:
        works.append(("PyTorch", "autograd", _torch(torch, task, center)))
    return [
        *(Contender("linclf", "", n, partial(raw, n_threads=n)) for n in threads),
        *(Contender("float32 X", "linclf", n, partial(ready, n_threads=n)) for n in threads),
        *(Contender(family, name, n, f) for family, name, f in works for n in threads),
    ]


def _in_place(task: Task, center: Array, by_class: bool) -> Callable[[], Any]:
    peer = NumpyInPlace(task.loss, len(task.X), task.W, by_class)
    x, w = np.empty(task.X.shape, task.W.dtype), np.asfortranarray(task.W)

    def work() -> Any:
        np.subtract(task.X, center, out=x)
        return peer(w, x, task.y, task.reg)

    return work


def _torch(torch: Any, task: Task, center: Array) -> Callable[[], Any]:
    functional, n_classes = torch.nn.functional, task.W.shape[1]
    x, y, mean = (torch.from_numpy(array) for array in (task.X, task.y, center))
    w = torch.tensor(np.ascontiguousarray(task.W.T), requires_grad=True)

    def work() -> Any:
        w.grad = None
        scores = functional.linear(x.sub(mean), w)
        if task.loss == "softmax":
            value = functional.cross_entropy(scores, y)
        else:
            value = functional.multi_margin_loss(scores, y) * n_classes
        value = value + task.reg * (w * w).sum()
        value.backward()
        return value, w.grad.T

    return work
