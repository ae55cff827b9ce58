"""What a student starts from: functions to fill in, and the tests that they can run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from linclf.course.specification import exercise, exercises

_HEAD = '''\
"""The exercises of the course, checked one by one: run `pytest` in this folder.

A test that fails says what is wrong. Exercises that are not written yet fail as well, and say so;
`pytest -k hinge` runs those of that name alone.
"""

import importlib
import pathlib
import sys

import linclf

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def check(module, name):
    """Check the function of that name in one of the files beside this one."""
    function = getattr(importlib.import_module(module), name, None)
    found = linclf.course.check(name, function)
    assert found, str(found)
'''

_TEST = '''

def test_{name}():
    """{title}."""
    check("{module}", "{name}")
'''


def stub(name: str) -> str:
    """Return the source of a function that is still to be written.

    Parameters
    ----------
    name : str
        Of the exercise.

    Returns
    -------
    str
        A ``def`` with the docstring; its body raises NotImplementedError.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> print(linclf.course.stub("softmax_probabilities").splitlines()[0])
    def softmax_probabilities(S):
    """
    found = exercise(name)
    body = textwrap.indent(f'"""{found.docstring}\n"""', "    ")
    lines = "\n".join(line.rstrip() for line in body.splitlines())
    return (
        f"def {found.name}({found.signature}):\n{lines}\n"
        f'    raise NotImplementedError("{found.title}")\n'
    )


def public_tests(names: Iterable[str] | None = None) -> str:
    """Return the text of ``test_exercises.py``: one test for each exercise.

    It looks for every function in the ``.py`` file that is named as the notebook of the exercise
    is, without the number in front: ``multiclass_hinge.py`` beside ``01_multiclass_hinge.ipynb``.

    Parameters
    ----------
    names : iterable of str, optional
        Of exercises; by default all of the course.

    Returns
    -------
    str

    Examples
    --------
    >>> 'check("multiclass_hinge", "hinge_loops")' in linclf.course.public_tests()
    True
    """
    tests = [
        _TEST.format(name=one.name, title=one.title, module=module_of(one.notebook))
        for one in (exercises() if names is None else map(exercise, names))
    ]
    return _HEAD + "".join(tests)


def module_of(notebook: str) -> str:
    """Return the name of the module that holds the functions of a notebook.

    Examples
    --------
    >>> module_of("01_multiclass_hinge")
    'multiclass_hinge'
    """
    return notebook.partition("_")[2]
