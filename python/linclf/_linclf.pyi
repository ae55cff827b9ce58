"""Types of the C extension; its functions take their arguments by position only."""

from collections.abc import Callable
from typing import Any, Literal, overload

from numpy.typing import NDArray

from linclf.arrays import Data, DoubleArray, Float, IndexArray, Labels, Reg

__version__: str

def losses() -> tuple[str, ...]: ...
def isas() -> tuple[str, ...]: ...
def isa() -> str: ...
def use_isa(name: str, /) -> None: ...
def build_info() -> dict[str, str]: ...
def default_threads() -> int: ...
@overload
def loss_grad(
    loss: str,
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg,
    b: Data | None,
    delta: float,
    center: Data | None,
    out: Any,
    n_threads: int | None,
    grad: Literal[False],
    /,
) -> float: ...
@overload
def loss_grad(
    loss: str,
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg,
    b: Data | None,
    delta: float,
    center: Data | None,
    out: Any,
    n_threads: int | None,
    grad: Literal[True],
    /,
) -> Any: ...
def numerical_gradient(
    loss: str,
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg,
    b: Data | None,
    delta: float,
    center: Data | None,
    h: float | None,
    forward: bool,
    n_threads: int | None,
    /,
) -> Any: ...
def scores(
    W: NDArray[Float],
    X: Data,
    b: NDArray[Float] | None,
    center: NDArray[Float] | None,
    out: NDArray[Float] | None,
    n_threads: int | None,
    /,
) -> NDArray[Float]: ...
def predict(
    W: Data, X: Data, b: Data | None, center: Data | None, n_threads: int | None, /
) -> IndexArray: ...
def softmax(
    S: NDArray[Float], out: NDArray[Float] | None, n_threads: int | None, /
) -> NDArray[Float]: ...
def sgd_step(W: NDArray[Float], dW: NDArray[Float], learning_rate: float, /) -> None: ...
def sgd_run(
    loss: str,
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg,
    b: Data | None,
    delta: float,
    center: Data | None,
    index: IndexArray | None,
    batch_size: int,
    rates: DoubleArray,
    momentum: float,
    nesterov: bool,
    velocity: Any,
    history: DoubleArray,
    done: IndexArray,
    n_threads: int | None,
    poll: Callable[[int], Any] | None,
    /,
) -> bool: ...
