"""Types of the C extension, whose functions take their arguments by position only.

Those of linclf.losses are made by `implement` and have their types there.
"""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from linclf.arrays import Data, DoubleArray, Float, IndexArray, Labels, Reg

__version__: str

def losses() -> tuple[str, ...]: ...
def isas() -> tuple[str, ...]: ...
def isa() -> str: ...
def use_isa(name: str, /) -> None: ...
def build_info() -> dict[str, str]: ...
def default_threads() -> int: ...
def implement(
    name: str,
    home: str,
    text: str,
    doc: str,
    names: tuple[str, ...],
    n_positional: int,
    defaults: tuple[object, ...],
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
