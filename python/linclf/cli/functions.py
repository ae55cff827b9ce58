"""Find a function in a Python file that is named on the command line, as ``FILE.py:NAME``."""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["load_function", "run_file"]


def load_function(words: str) -> Callable[..., Any]:
    """Run a Python file and return one of its functions.

    Parameters
    ----------
    words : str
        ``FILE.py:NAME``. What lies beside the file can be imported by it.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        If no function is named, the file has none of that name, or fails when it is run. The
        message says in which line, or which functions there are.
    FileNotFoundError
        If there is no such file.
    """
    file, colon, name = words.rpartition(":")
    if not colon or name.endswith(".py"):
        file, name = words, ""
    module = run_file(Path(file))
    functions = [key for key, value in vars(module).items() if _is_function_of(module, value)]
    if not name:
        raise ValueError(f"name a function: {file}:NAME; {_there_are(functions, file)}")
    found = getattr(module, name, None)
    if found is None:
        near = difflib.get_close_matches(name, functions, n=1)
        hint = f"did you mean {near[0]!r}?" if near else _there_are(functions, file)
        raise ValueError(f"{file} has no function {name!r}; {hint}")
    if not callable(found):
        raise ValueError(
            f"{name} of {file} is a {type(found).__name__}; {_there_are(functions, file)}"
        )
    function: Callable[..., Any] = found
    return function


def run_file(path: Path) -> ModuleType:
    """Run a Python file and return it as a module; see `load_function` for what is raised."""
    if not path.is_file():
        raise FileNotFoundError(2, "No such file", str(path))
    name = f"_linclf_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look there
    beside = str(path.resolve().parent)
    sys.path.insert(0, beside)
    try:
        spec.loader.exec_module(module)
    except SystemExit as stop:
        raise ValueError(
            f'{path} ends the program when it is loaded; put that under if __name__ == "__main__":'
        ) from stop
    except Exception as error:
        raise ValueError(f"{_place(path, error)}: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(beside)
    return module


def _place(path: Path, error: Exception) -> str:
    """Return the file and the line in it where an error came up."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{path}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == path.absolute()]
    return f"{path}, line {lines[-1]}" if lines else str(path)


def _is_function_of(module: ModuleType, value: Any) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__


def _there_are(functions: list[str], file: str) -> str:
    return f"there are {', '.join(functions)}" if functions else f"{file} has no functions"
