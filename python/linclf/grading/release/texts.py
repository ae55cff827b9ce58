"""The texts of a new assignment: a README for the instructor, and an example to be replaced."""

from __future__ import annotations

__all__ = ["EXAMPLE", "EXAMPLE_RUBRIC", "EXAMPLE_TESTS", "README"]

README = """\
# {title}: for the instructor

1. `rubric.toml` says what is asked for and what it is worth. Change it; mistakes in it are named.
2. Students fill in what is in `source/`. Write your solution between `### BEGIN SOLUTION` and
   `### END SOLUTION`: it is taken out before anybody gets it. Where a file and a notebook ask for
   the same, keep the one that you want to have handed in, and delete the other.
3. Students get `public/` as well: tests that explain. Tests of your own, which nobody gets, are
   `test_*.py` beside the rubric; an item names them as `test = "test_mine.py::test_name"`.
4. `../{secret}` is the secret that cases are drawn from. Keep it, and show it to nobody: who has it
   knows the cases, and without it grades cannot be made again. Keep it out of version control.

Then:

    linclf grade audit {name}        # do the cases find the usual mistakes?
    linclf grade run {name}/{first} -a {name} -s {secret}        # your solution: full marks?
    linclf grade release {name}        # the zip file for students
    linclf grade batch submissions -a {name} -s {secret} --into results
    linclf grade report results        # a page for each student and one for the class
"""

EXAMPLE_RUBRIC = """\
# An example: replace it by what you ask for.

[assignment]
id = "{id}"
title = "{id}"
version = "1"
total = 4

[functions.mean_of_rows]
params = ["X"]
returns = ["N"]

# Cases that are written down here. Lists are arrays.
[[items]]
id = "by-hand"
title = "Small arrays"
points = 3
function = "mean_of_rows"
check = "array"

[[items.table]]
args = [[[1.0, 2.0, 3.0], [0.0, 0.0, 6.0]]]
returns = [2.0, 2.0]

[[items.table]]
args = [[[1.5]]]
returns = [1.5]

[[items]]
id = "negative-numbers"
title = "Negative numbers"
points = 1
visibility = "hidden"
function = "mean_of_rows"
check = "array"
requires = ["by-hand"]

[[items.table]]
args = [[[-1.0, 1.0], [-4.0, -2.0]]]
returns = [0.0, -3.0]
"""

EXAMPLE = '''\
def mean_of_rows(X):
    """Return the mean of each row.

    Parameters
    ----------
    X : (N, D) array
        Any numbers.

    Returns
    -------
    means : (N,) array
        One for each row.
    """
    {begin}
    return X.sum(axis=1) / X.shape[1]
    {end}
'''

EXAMPLE_TESTS = '''\
"""Tests that students get: run `pytest` in this folder."""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def test_the_mean_of_one_row():
    """A single row has a single mean."""
    from work import mean_of_rows

    means = mean_of_rows(np.array([[1.0, 2.0, 6.0]]))
    assert means.shape == (1,), f"one mean for each row, but the shape is {means.shape}"
    assert means[0] == 3.0, f"the mean of 1, 2 and 6 is 3, not {means[0]}"
'''
