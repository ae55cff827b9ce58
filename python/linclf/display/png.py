"""PNG files from arrays by the standard library alone.

A PNG file is a signature and chunks (length, name, content, CRC). The content of ``IDAT`` is the
rows, each behind one byte that names its filter, deflated by zlib.
"""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

_NONE, _SUB, _UP = 0, 1, 2
_COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> grey, grey+alpha, RGB, RGBA
_PALETTE_TYPE = 3


def png_bytes(image: npt.ArrayLike, *, palette: npt.ArrayLike | None = None) -> bytes:
    """Return an image as the bytes of a PNG file.

    Parameters
    ----------
    image : (H, W), (H, W, 2), (H, W, 3) or (H, W, 4) uint8 array
        Grey, grey and alpha, RGB, RGBA; with a palette (H, W) indices into it.
    palette : (n, 3) uint8 array, optional
        Up to 256 colours.

    Returns
    -------
    png : bytes

    Raises
    ------
    TypeError
        If the image is not uint8.
    ValueError
        If it has another shape, or an index is outside the palette.

    Examples
    --------
    >>> png_bytes(np.zeros((2, 2), dtype=np.uint8))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    pixels, colours = _checked(image, palette)
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    kind = _COLOUR_TYPE[channels] if colours is None else _PALETTE_TYPE
    header = struct.pack(">2I5B", width, height, 8, kind, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header)]
    if colours is not None:
        chunks.append(_chunk(b"PLTE", colours.tobytes()))
    chunks += [_chunk(b"IDAT", _smallest(pixels.reshape(height, -1), channels)), _chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _checked(
    image: npt.ArrayLike, palette: npt.ArrayLike | None
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8] | None]:
    pixels: npt.NDArray[Any] = np.asarray(image)
    if pixels.dtype != np.uint8:
        raise TypeError(
            f"image has dtype {pixels.dtype}; a PNG takes uint8, see as_images or template_images"
        )
    grey = pixels.ndim == 2
    if 0 in pixels.shape or not (grey or (pixels.ndim == 3 and 2 <= pixels.shape[2] <= 4)):
        raise ValueError(f"image must have shape (H, W) or (H, W, 2 to 4); found {pixels.shape}")
    if palette is None:
        return pixels, None
    colours = np.asarray(palette, dtype=np.uint8)
    if colours.ndim != 2 or colours.shape[1] != 3 or not 1 <= len(colours) <= 256 or not grey:
        raise ValueError(
            f"a palette has shape (1 to 256, 3) and colours an (H, W) image; "
            f"found {colours.shape} and {pixels.shape}"
        )
    if pixels.max() >= len(colours):
        raise ValueError(f"image holds index {pixels.max()}, the palette {len(colours)} colours")
    return pixels, colours


def _chunk(name: bytes, content: bytes = b"") -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def _smallest(rows: npt.NDArray[np.uint8], channels: int) -> bytes:
    """Deflate the rows by the filter that packs them best: none for noise, else a difference."""
    left, above = np.zeros_like(rows), np.zeros_like(rows)
    left[:, channels:] = rows[:, :-channels]
    above[1:] = rows[:-1]
    packed = []
    for kind, predicted in ((_NONE, None), (_SUB, left), (_UP, above)):
        filtered = rows if predicted is None else rows - predicted  # modulo 256, as PNG wants it
        line = np.full((len(rows), 1), kind, dtype=np.uint8)
        packed.append(zlib.compress(np.hstack([line, filtered]).tobytes(), 9))
    return min(packed, key=len)


def png_uri(image: npt.ArrayLike, *, palette: npt.ArrayLike | None = None) -> str:
    """Return an image as a ``data:`` address for the ``src`` of an HTML image.

    Parameters
    ----------
    image, palette
        As in :func:`png_bytes`.

    Returns
    -------
    uri : str

    Examples
    --------
    >>> png_uri(np.zeros((2, 2), dtype=np.uint8))[:27]
    'data:image/png;base64,iVBOR'
    """
    packed = base64.b64encode(png_bytes(image, palette=palette))
    return "data:image/png;base64," + packed.decode("ascii")
