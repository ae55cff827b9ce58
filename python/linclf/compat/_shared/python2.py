"""Names of Python 2, as ``past.builtins`` and ``six.moves`` offer them."""

from __future__ import annotations

import pickle as cPickle
from functools import reduce

__all__ = [
    "basestring",
    "cPickle",
    "filter",
    "input",
    "long",
    "map",
    "range",
    "raw_input",
    "reduce",
    "unicode",
    "xrange",
    "zip",
]

filter = filter
input = input
map = map
range = range
zip = zip

basestring = str
long = int
raw_input = input
unicode = str
xrange = range
