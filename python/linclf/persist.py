"""Models as files: an .npz archive of arrays and a JSON header, without pickle.

Nothing in such a file is executed when it is read, so the model of a stranger can do no harm.

    header.npy            JSON text: format, version, class, parameters, attributes
    W_.npy, b_.npy, ...   the arrays
    history/*.npy         a row for every update, and one for every validation

``numpy.load(path)`` reads the arrays without linclf. A parameter that JSON cannot hold, a
callback for instance, is left out, which is logged; the loaded model has its default.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import uuid
import zipfile
from pathlib import Path
from typing import IO, Any, Self

import numpy as np

from linclf import _linclf
from linclf._storable import (
    NotStorableError,
    decode,
    decoded_history,
    encode,
    encoded_history,
)

FORMAT, VERSION = "linclf model", 1
CLASSES = {
    "LinearClassifier": "linclf.classifiers",
    "LinearSVM": "linclf.course_classes",
    "Softmax": "linclf.course_classes",
}


logger = logging.getLogger("linclf")


class Persistent:
    """Gives a classifier `save` and `load`.

    ``_saved`` names the attributes of a fitted classifier, besides ``history_``.
    """

    _saved: tuple[str, ...] = ()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the classifier to a file, without pickle.

        Parameters
        ----------
        path : str or Path
            Used as it is; ``.npz`` is the customary ending. An existing file is replaced in one
            step when all is written.

        Returns
        -------
        Path
            The file.
        """
        return save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the classifier in a file that `save` has written.

        Raises
        ------
        ValueError
            If the file holds something else, or another class.
        """
        model = _load(Path(path), cls)
        assert isinstance(model, cls)
        return model

    def _parameters(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        raise NotImplementedError

    def _check_loaded(self) -> None:
        """Raise a ValueError if the attributes do not fit together."""
        raise NotImplementedError


def save(model: Persistent, path: str | os.PathLike[str]) -> Path:
    """Write a classifier of linclf to a file; the same as ``model.save(path)``.

    Examples
    --------
    >>> import tempfile
    >>> clf = linclf.LinearClassifier(epochs=5).fit([[0.0], [1.0]], ["no", "yes"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = clf.save(f"{folder}/model.npz")
    ...     linclf.load(path).predict([[2.0]])
    array(['yes'], dtype='<U3')
    """
    path = Path(path)
    arrays: dict[str, Any] = {}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "linclf": _linclf.__version__,
        "class": _class_name(model),
        "parameters": _encoded_parameters(model, arrays),
        "attributes": {
            name: encode(getattr(model, name), name, arrays)
            for name in model._saved
            if hasattr(model, name)
        },
        "history": encoded_history(getattr(model, "history_", None), arrays),
    }
    arrays["header"] = np.array(json.dumps(header, default=lambda value: value.tolist()))
    _write(path, arrays)
    return path


def load(path: str | os.PathLike[str]) -> Any:
    """Return the classifier in a file that `save` has written, in its own class.

    Raises
    ------
    ValueError
        If the file is no model of linclf, is damaged or of a later version.
    """
    return _load(Path(path), None)


def _class_name(model: Persistent) -> str:
    for kind in type(model).__mro__:
        if CLASSES.get(kind.__name__) == kind.__module__:
            return kind.__name__
    known = ", ".join(CLASSES)
    raise TypeError(f"cannot save a {type(model).__name__}; only {known} and their subclasses")


def _encoded_parameters(model: Persistent, arrays: dict[str, Any]) -> dict[str, Any]:
    encoded = {}
    for name, value in model._parameters().items():
        try:
            encoded[name] = encode(value, f"parameters/{name}", arrays)
        except NotStorableError:
            logger.warning(
                "%s of %s is a %s and was not saved; the loaded model has the default",
                *(name, type(model).__name__, type(value).__name__),
            )
    return encoded


def _write(path: Path, arrays: dict[str, Any]) -> None:
    """Write to a new file beside `path`, then rename it: nobody ever sees half a model."""
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with new.open("xb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _load(path: Path, wanted: type[Persistent] | None) -> Persistent:
    header, arrays = _read(path)
    if header["version"] > VERSION:
        raise ValueError(
            f"{path} was written by linclf {header['linclf']} in format {header['version']}; this "
            f"is linclf {_linclf.__version__}, which reads formats up to {VERSION}. Upgrade linclf"
        )
    if str(header["class"]) not in CLASSES:
        raise _damaged(path, f"there is no class {header['class']!r}")
    kind = getattr(importlib.import_module(CLASSES[header["class"]]), header["class"])
    if wanted is not None and issubclass(wanted, kind):
        kind = wanted
    elif wanted is not None and not issubclass(kind, wanted):
        raise ValueError(
            f"{path} holds a {kind.__name__}, not a {wanted.__name__}; use linclf.load(path)"
        )
    try:
        return _built(kind, header, arrays)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def _built(kind: type[Persistent], header: dict[str, Any], arrays: dict[str, Any]) -> Persistent:
    parameters = header["parameters"].items()
    model = kind(**{name: decode(value, arrays) for name, value in parameters})
    for name in model._saved:
        if name in header["attributes"]:
            setattr(model, name, decode(header["attributes"][name], arrays))
    history = decoded_history(header["history"], arrays)
    if history is not None:
        model.history_ = history  # type: ignore[attr-defined]
    model._check_loaded()
    return model


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with path.open("rb") as file:
        start = file.read(8)
        if not zipfile.is_zipfile(file):
            raise _foreign(path, _described(start))
        try:
            arrays = _arrays(file)
        except OSError:
            raise
        except Exception as error:  # there is no end to what a damaged archive can raise
            raise _damaged(path, f"{type(error).__name__}: {error}") from error
    if "header" not in arrays:
        raise _foreign(path, f"an archive of {', '.join(list(arrays)[:5]) or 'nothing'}")
    try:
        header = json.loads(str(arrays.pop("header")))
        found = header["format"], int(header["version"]), header["class"], header["linclf"]
    except (ValueError, TypeError, KeyError) as error:
        raise _foreign(path, "an archive with another header") from error
    if found[0] != FORMAT:
        raise _foreign(path, f"an archive of format {found[0]!r}")
    return header, arrays


def _arrays(file: IO[bytes]) -> dict[str, Any]:
    """Return the arrays of an archive whose checksums are right."""
    with zipfile.ZipFile(file) as archive:
        bad = archive.testzip()
    if bad is not None:
        raise ValueError(f"the checksum of {bad} is wrong")
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _foreign(path: Path, found: str) -> ValueError:
    return ValueError(
        f"{path} is no linclf model: it is {found}. Load files written by clf.save(path)"
    )


def _damaged(path: Path, found: str) -> ValueError:
    return ValueError(
        f"{path} is a damaged linclf model: {found}. Copy it again, or save the model again"
    )


def _described(start: bytes) -> str:
    if not start:
        return "empty"
    if start.startswith(b"\x93NUMPY"):
        return "a single .npy array"
    if start.startswith(b"\x80"):
        return "a pickle, which could run any code and is never loaded"
    return f"a file that starts with {start!r}"
