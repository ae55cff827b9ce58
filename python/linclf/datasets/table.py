"""Tables of numbers in text files: .csv, .tsv and the like."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import DTypeLike

from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array, Arrays, deliver

__all__ = ["read_csv"]

#: Column names that hold the label, compared without case.
_LABEL_NAMES = {"label", "class", "target", "y", "species", "category"}


def read_csv(
    path: str | os.PathLike[str],
    *,
    label: int | str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    dtype: DTypeLike | None = None,
    bias: bool = False,
) -> Arrays:
    r"""Read samples and labels from a table in a text file, one sample per line.

    Parameters
    ----------
    path : path
        UTF-8 text with a point as decimal sign; values may be in double quotes.
    label : int or str, optional
        Column of the labels, by index (-1 is the last) or by name in the header. By default the one
        column whose name is label, class, target, y, species or category, else the last.
    header : bool, optional
        Whether the first line holds names. By default it does if none of its values is a number.
    delimiter : str, optional
        What separates values. By default tab, semicolon, bar or comma, the first of these that is
        in the first line.
    dtype : dtype, optional
        Type of X; by default float64.
    bias : bool
        Append a column of ones to X.

    Returns
    -------
    X : (N, D) array
        All columns but the labels.
    y : (N,) array
        int64 if all labels are whole numbers, else strings.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DatasetError
        If the table is empty or ragged, or if a value is not a finite number; the message names
        line and column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "iris.csv")
    ...     _ = file.write_text("length,width,species\n5.1,3.5,setosa\n6.2,2.9,virginica\n")
    ...     X, y = read_csv(file)
    >>> X.tolist(), y.tolist()
    ([[5.1, 3.5], [6.2, 2.9]], ['setosa', 'virginica'])
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{file} does not exist: pass a .csv file")
    try:
        layout = _layout(file, label, header, delimiter)
        X, y = _read(file, layout)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{file}: not a table in UTF-8 ({error}): save it as such") from None
    return deliver([(X, y)], "all", flatten=False, dtype=dtype, bias=bias)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a table is written: separator, names (empty without a header), columns, the label's."""

    delimiter: str
    names: tuple[str, ...]
    n_columns: int
    label: int

    def column(self, index: int) -> str:
        """Name a column for a message."""
        return repr(self.names[index]) if self.names else str(index)


@contextlib.contextmanager
def _lines(file: Path, layout: _Layout | None = None) -> Iterator[TextIO]:
    """Open a table, after its header if the layout has one. A byte order mark is dropped."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        if layout is not None and layout.names:
            while not text.readline().strip():
                pass
        yield text


def _layout(
    file: Path, label: int | str | None, header: bool | None, delimiter: str | None
) -> _Layout:
    """Find out how a table is written from its first line, where the caller does not say."""
    with _lines(file) as text:
        filled = (line for line in text if line.strip())
        first, second = next(filled, ""), next(filled, "")
    if delimiter is None:
        # A comma last: it may be the decimal sign in a table that is separated by something else.
        delimiter = next((c for c in "\t;|" if c in first), ",")
    cells = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), ()))
    if header is None:
        header = not any(_is_number(cell) for cell in cells)
    if first and len(cells) < 2:
        raise DatasetError(
            f"{file}: the first line has a single column: pass delimiter= if values are not "
            f"separated by {delimiter!r}; a table needs features and a label"
        )
    if not (second if header else first):
        raise DatasetError(f"{file}: holds no samples: pass a table with one per line")
    names = cells if header else ()
    return _Layout(delimiter, names, len(cells), _label_column(file, label, cells, names))


def _label_column(
    file: Path, label: int | str | None, cells: tuple[str, ...], names: tuple[str, ...]
) -> int:
    """Return the index of the label's column."""
    if isinstance(label, str):
        if label not in names:
            have = f"columns {', '.join(names)}" if names else "no header"
            raise ValueError(f"label is {label!r}, but {file} has {have}: pass an index or a name")
        return names.index(label)
    if label is not None:
        if not -len(cells) <= label < len(cells):
            raise ValueError(f"label is {label}, but {file} has {len(cells)} columns")
        return label % len(cells)
    named = [i for i, name in enumerate(names) if name.lower() in _LABEL_NAMES]
    return named[0] if len(named) == 1 else len(cells) - 1


def _read(file: Path, layout: _Layout) -> tuple[Array, Array]:
    """Read all values in one pass; labels are numbered as they come."""
    codes: dict[str, int] = {}

    def code_of(cell: str) -> int:
        if not cell.strip():
            raise ValueError("no label")
        return codes.setdefault(cell.strip(), len(codes))

    try:
        with _lines(file, layout) as text:
            table = np.loadtxt(
                text,
                delimiter=layout.delimiter,
                comments=None,
                quotechar='"',
                converters={layout.label: code_of},
                encoding="utf-8",  # gives converters text, also before NumPy 2
                ndmin=2,
            )
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise _complaint(file, layout) from None
    X = np.delete(table, layout.label, axis=1)
    if table.shape[1] != layout.n_columns or not np.isfinite(X).all():
        raise _complaint(file, layout)
    return X, _labels(file, layout, list(codes))[table[:, layout.label].astype(np.intp)]


def _labels(file: Path, layout: _Layout, texts: list[str]) -> Array:
    """Return distinct labels as integers if they are whole numbers, else as they are written."""
    if not all(_is_number(text) for text in texts):
        return np.array(texts)
    for text in texts:
        if float(text) % 1:
            raise DatasetError(
                f"{file}: column {layout.column(layout.label)} holds {text}, but labels are whole "
                "numbers or names: pass label= if another column has them"
            )
    return np.array([int(float(text)) for text in texts], dtype=np.int64)


def _complaint(file: Path, layout: _Layout) -> DatasetError:
    """Read a table once more, slowly, and return the error that names the first bad value."""
    with _lines(file) as text:
        rows = csv.reader(text, delimiter=layout.delimiter)
        samples = ((rows.line_num, row) for row in rows if any(cell.strip() for cell in row))
        if layout.names:
            next(samples)
        for line, row in samples:
            if len(row) != layout.n_columns:
                return DatasetError(
                    f"{file}, line {line}: has {len(row)} values, but the first line has "
                    f"{layout.n_columns}: add what is missing, or pass delimiter="
                )
            for i, cell in enumerate(row):
                if i == layout.label and cell.strip():
                    continue
                if not _is_number(cell):
                    return _bad_cell(file, line, layout.column(i), cell)
    return DatasetError(f"{file}: has quotes or line ends that do not pair: save it as plain CSV")


def _bad_cell(file: Path, line: int, column: str, cell: str) -> DatasetError:
    """Return the error for one value that is not a finite number."""
    fix = "remove the line or fill it in"
    if _is_number(cell.replace(",", ".")):
        fix = "write a point as decimal sign"
    found = f"is {cell.strip()!r}, not a finite number" if cell.strip() else "is missing"
    return DatasetError(f"{file}, line {line}: column {column} {found}: {fix}")


def _is_number(cell: str) -> bool:
    """Tell whether a value is a finite number."""
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False
