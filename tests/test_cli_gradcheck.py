"""``linclf gradcheck``: finds the function, checks it, and says with its exit code how it went."""

import sys

import linclf
import numpy as np
import pytest
from cli_runs import run

FILE = '''
"""A homework."""
import numpy as np
import neighbour

def softmax_loss(W, X, y, reg):
    S = X @ W
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S)
    P /= P.sum(axis=1, keepdims=True)
    rows = np.arange(len(X))
    loss = -np.log(P[rows, y]).mean() + reg * (W**2).sum()
    P[rows, y] -= 1
    return loss, X.T @ P / len(X) + 2 * reg * W

def softmax_without_the_mean(W, X, y, reg):
    loss, dW = softmax_loss(W, X, y, reg)
    return loss, len(X) * (dW - 2 * reg * W) + 2 * reg * W

def leaves(W, X, y, reg):
    raise SystemExit(0)

LIMIT = 3
'''


class Finding:
    """Stands in for what `check_gradient` returns."""

    def __init__(self, good):
        self.good = good

    def __bool__(self):
        return self.good

    def __str__(self):
        return f"the finding is {self.good}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a homework and a module beside it; the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "homework.py").write_text(FILE)
    (tmp_path / "neighbour.py").write_text("KNOWN = 1\n")
    before = dict(sys.modules), list(sys.path)
    yield tmp_path
    for name in set(sys.modules) - set(before[0]):
        if name == "neighbour" or name.startswith("_linclf_file_"):
            del sys.modules[name]
    assert sys.path == before[1]


@pytest.fixture
def calls(monkeypatch):
    """What `check_gradient` is called with; its finding is good if the gradient is right."""
    made = []

    def check_gradient(f, W, X, y, reg, **options):
        made.append(((W, X, y, reg), options))
        exact = linclf.softmax_loss(W, X, y, reg)[1]
        return Finding(bool(abs(f(W, X, y, reg)[1] - exact).max() < 1e-9))

    monkeypatch.setattr(linclf, "check_gradient", check_gradient)
    return made


def test_a_right_function_is_code_0_and_its_finding_is_printed(folder, calls):
    assert run("gradcheck", "homework.py:softmax_loss") == (0, "the finding is True\n", "")
    (W, X, y, reg), options = calls[0]
    assert options == {"loss": None, "full": False, "rng": 0}
    assert W.shape[0] == X.shape[1]
    assert len(X) == len(y)
    assert reg > 0


def test_a_wrong_function_is_code_1(folder, calls):
    code, out, err = run("gradcheck", folder / "homework.py:softmax_without_the_mean")
    assert (code, out, err) == (1, "the finding is False\n", "")


def test_options_are_handed_on(folder, calls):
    words = ("gradcheck", "homework.py:softmax_loss", "--loss", "softmax", "--full")
    assert run(*words, "--seed", 5)[0] == 0
    assert calls[0][1] == {"loss": "softmax", "full": True, "rng": 5}
    run(*words)
    assert (calls[0][0][1] != calls[1][0][1]).any()


@pytest.mark.parametrize("options", [(), ("--full",), ("--loss", "softmax")], ids=str)
def test_the_real_check_tells_right_from_wrong(folder, options):
    code, out, err = run("gradcheck", "homework.py:softmax_loss", *options)
    assert (code, err) == (0, "")
    assert out.strip()
    code, out, err = run("gradcheck", "homework.py:softmax_without_the_mean", *options)
    assert (code, err) == (1, "")
    assert out.strip()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("missing.py:f", "missing.py: No such file"),
        (".:f", ".: No such file"),
        ("homework.py", "name a function: homework.py:NAME; there are softmax_loss, softmax_wi"),
        ("homework.py:softmax_los", "no function 'softmax_los'; did you mean 'softmax_loss'?"),
        ("homework.py:zzz", "no function 'zzz'; there are softmax_loss"),
        ("homework.py:LIMIT", "LIMIT of homework.py is a int; there are softmax_loss"),
        ("homework.py:leaves", "homework.py:leaves ends the program when it is called"),
        ("homework.py:softmax_loss --loss svm", "invalid choice: 'svm'"),
        ("homework.py:softmax_loss --seed -1", "rng is -1"),
        ("broken.py:f", "broken.py, line 2: NameError: name 'unknown' is not defined"),
        ("wrong.py:f", "wrong.py, line 1: SyntaxError"),
        ("ends.py:f", "ends.py ends the program when it is loaded; put that under if __name__"),
        ("empty.py:f", "no function 'f'; empty.py has no functions"),
        ("notes.txt:f", "notes.txt is no Python file; its name must end in .py"),
    ],
)
def test_mistakes_in_the_words_are_code_2_and_one_line(folder, words, said, monkeypatch):
    (folder / "broken.py").write_text("import numpy\nunknown\n")
    (folder / "wrong.py").write_text("def f(:\n")
    (folder / "ends.py").write_text("import sys\nsys.exit(0)\n")
    (folder / "empty.py").write_text("from math import sqrt\n")
    (folder / "notes.txt").write_text("f = 1\n")
    if ":leaves" in words:
        call = lambda f, *operands, **options: f(*operands)  # noqa: E731
        monkeypatch.setattr(linclf, "check_gradient", call)
    code, out, err = run("gradcheck", *words.split())
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("linclf: error: ")
    assert err.count("\n") == 1


def test_classes_in_the_file_may_be_dataclasses(folder, calls):
    (folder / "model.py").write_text(
        "from __future__ import annotations\nimport dataclasses, linclf\n"
        "@dataclasses.dataclass\nclass Model:\n    size: int = 3\n"
        "def loss(W, X, y, reg):\n    return linclf.softmax_loss(W, X, y, reg)\n"
    )
    assert run("gradcheck", "model.py:loss")[0] == 0
    assert np.isfinite(calls[0][0][0]).all()
