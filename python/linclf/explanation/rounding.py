"""How numbers are shown: as short as on a slide, and never as something that they are not."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LARGEST, _SMALLEST = 12, -5  # powers of ten between which no exponent is written


@dataclass(frozen=True, slots=True)
class Rounding:
    """How many digits are shown.

    Attributes
    ----------
    digits : int
        Decimals of what is 0.1 or more, significant digits of what is less.
    eps : float
        Relative distance of two numbers of the data's dtype. Decimals beyond that are not shown,
        and a number so close to what is shown of it is not called rounded.
    """

    digits: int = 4
    eps: float = 2.0**-52

    def text(self, value: float) -> str:
        """Return the number as text that Python reads: ``3.2``, ``-0.001234``, ``3.4e-48``.

        Examples
        --------
        >>> [Rounding().text(x) for x in (3.2000000000000002, -96.8, 5.266667, 0.00096750)]
        ['3.2', '-96.8', '5.2667', '0.0009675']
        >>> [Rounding().text(x) for x in (-0.0, 1e300, 3.3789e-48, float("nan"), -float("inf"))]
        ['0', '1e300', '3.379e-48', 'nan', '-inf']
        """
        if value == 0 or not math.isfinite(value):
            return f"{abs(value) if value == 0 else value:g}"
        power = math.floor(math.log10(abs(value)))
        if not _SMALLEST <= power < _LARGEST:
            mantissa, exponent = f"{value:.{min(self.digits, self.precision) - 1}e}".split("e")
            return f"{_stripped(mantissa)}e{int(exponent)}"
        decimals = min(self.digits + max(0, -power - 1), self.precision - 1 - power)
        return _stripped(f"{value:.{max(0, decimals)}f}")

    @property
    def precision(self) -> int:
        """Significant digits of the data: 15 of float64, 6 of float32."""
        return math.floor(-math.log10(self.eps))

    def hides(self, value: float) -> bool:
        """Return whether the text is another number than `value`."""
        if not math.isfinite(value):
            return False
        return abs(float(self.text(value)) - value) > 16 * self.eps * abs(value)


def _stripped(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal
