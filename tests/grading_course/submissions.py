"""Thirty made-up submissions to the three assignments of this folder, and what each must earn.

    write(folder)                    makes folder/hinge/01_reference.py and so on
    python submissions.py FOLDER     the same, to look at

Right ones come in several styles, as files, folders, archives and notebooks. The others make one
mistake each, are not finished, or are hostile. `MADE` is the table of all, and says item by item
what must come of it: points, why not all of them, and the mistakes that must be named.
"""

import io
import json
import re
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from linclf.grading.release.regions import strip_python

HERE = Path(__file__).parent
HINGE, SOFTMAX, PENALTIES = "hinge", "softmax", "regularisation"
ASSIGNMENTS = (HINGE, SOFTMAX, PENALTIES)


@dataclass(frozen=True)
class Item:
    """What must come of an item: points, the category, and mistakes that must be named.

    Points are None where it depends on the draw how many of the cases are right, but not all.
    """

    points: float | None
    category: str
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """A submission.

    Attributes
    ----------
    assignment, name : str
    files : dict of str to str
        Its files; one alone is handed in as it is, several in a folder.
    form : str
        ``"files"``, ``"zip"`` or ``"notebook"``: how it is handed in.
    unlike : dict of str to Item
        The items that do not earn all of their points; all others must.
    """

    assignment: str
    name: str
    files: dict[str, str]
    form: str = "files"
    unlike: dict[str, Item] = field(default_factory=dict)


def solution(assignment):
    """Return the instructor's solution of an assignment without the marks around it."""
    [file] = (HERE / assignment / "source").glob("*.py")
    return re.sub(r" *### (BEGIN|END) SOLUTION\n", "", file.read_text(encoding="utf-8"))


def released(assignment):
    """Return what students start from."""
    [file] = (HERE / assignment / "source").glob("*.py")
    return strip_python(file.read_text(encoding="utf-8"), file.name)[0]


def edited(assignment, *changes):
    """Return the solution with texts replaced; each must be there, and goes everywhere."""
    text = solution(assignment)
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{old!r} is not in the solution of {assignment}")
        text = text.replace(old, new)
    return text


def without(assignment, name):
    """Return the solution without one function."""
    return re.sub(rf"def {name}\(.*?(?=\ndef |\Z)", "", solution(assignment), flags=re.DOTALL)


def _all(category, *items):
    return {item: Item(0, category) for item in items}


_LATER = {"invariance": Item(0, "requires"), "layouts": Item(0, "requires")}

# ------------------------------------------------------------------------------- assignment 1

_SCORES = '''\
"""The part that both losses need."""

import numpy as np


def scores_of(W, X):
    return np.einsum("nd,dc->nc", X, W)


def truth(y, C):
    return np.eye(C)[y]
'''
_EINSUM = """\
import numpy as np
from parts.scores import scores_of, truth


def svm_loss_naive(W, X, y, reg):
    total, dW = 0.0, np.zeros_like(W)
    for x, label in zip(X, y):
        s = x @ W
        margins = [max(0.0, v - s[label] + 1.0) if j != label else 0.0 for j, v in enumerate(s)]
        total += sum(margins)
        for j, margin in enumerate(margins):
            if margin > 0.0:
                dW[:, j] += x
                dW[:, label] -= x
    return total / len(X) + reg * (W**2).sum(), dW / len(X) + 2.0 * reg * W


def svm_loss_vectorized(W, X, y, reg):
    S, Y = scores_of(W, X), truth(y, W.shape[1])
    margins = (S - np.einsum("nc,nc->n", S, Y)[:, None] + 1.0) * (1.0 - Y)
    B = (margins > 0.0) * 1.0
    B = B - Y * B.sum(axis=1, keepdims=True)
    loss = np.einsum("nc->", np.maximum(margins, 0.0)) / len(X) + reg * np.einsum("dc,dc", W, W)
    return loss, np.einsum("nd,nc->dc", X, B) / len(X) + 2 * reg * W


def predict(W, X):
    return np.array([int(row.argmax()) for row in scores_of(W, X)])
"""
_CLOSED = """\
def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    S = X @ W
    margins = S - S[rows, y].reshape(-1, 1) + 1
    violated = margins >= 0
    violated[rows, y] = False
    B = violated.astype(float)
    B[rows, y] = -violated.sum(axis=1)
    loss = np.mean(np.sum(margins * violated, axis=1)) + reg * np.linalg.norm(W) ** 2
    return loss, np.dot(X.T, B) / len(X) + 2 * reg * W


def svm_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(len(X)):
        one_loss, one_dW = svm_loss_vectorized(W, X[i : i + 1], y[i : i + 1], 0.0)
        loss, dW = loss + one_loss, dW + one_dW
    return loss / len(X) + reg * np.sum(W**2), dW / len(X) + 2 * reg * W


def predict(W, X):
    return (X @ W).argmax(1)
"""
_SINGLE = """\
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    W, X, reg = W.astype(np.float32), X.astype(np.float32), np.float32(reg)
    N = np.float32(len(X))
    rows = np.arange(len(X))
    S = X @ W
    margins = np.maximum(np.float32(0), S - S[rows, y][:, None] + np.float32(1))
    margins[rows, y] = 0
    B = (margins > 0).astype(np.float32)
    B[rows, y] = -B.sum(axis=1)
    return margins.sum() / N + reg * (W * W).sum(), X.T @ B / N + np.float32(2) * reg * W


svm_loss_naive = svm_loss_vectorized


def predict(W, X):
    return np.argmax(X @ W, axis=1)
"""
_HINGE = (
    Made(HINGE, "01_reference", {"svm.py": solution(HINGE)}),
    Made(HINGE, "02_einsum", {"svm.py": _EINSUM, "parts/scores.py": _SCORES}),
    Made(HINGE, "03_closed", {"hw1.ipynb": _CLOSED}, "notebook"),
    Made(HINGE, "04_single", {"work/svm.py": _SINGLE}, "zip"),
    Made(
        HINGE,
        "05_not_averaged",
        {"svm.py": edited(HINGE, ("X.T.dot(mask) / N", "X.T.dot(mask)"))},
        unlike=_LATER
        | {
            "gradient": Item(0, "wrong_gradient", ("gradient_sum",)),
            "own-gradient": Item(0, "wrong_gradient"),
        },
    ),
    Made(
        HINGE,
        "06_half_penalty",
        {
            "svm.py": edited(
                HINGE, ("reg * np.sum(W * W)", "0.5 * reg * np.sum(W * W)"), ("2 * reg", "reg")
            )
        },
        unlike=_LATER
        | {
            "naive-loss": Item(1.0, "wrong_value", ("half_penalty",)),
            "naive-gradient": Item(0, "requires"),
            "loss": Item(1.5, "wrong_value", ("half_penalty",)),
            "gradient": Item(0, "wrong_gradient", ("half_penalty",)),
        },
    ),
    Made(
        HINGE,
        "07_counted_once",
        {"svm.py": edited(HINGE, ("-mask.sum(axis=1)", "-1"))},
        unlike=_LATER
        | {
            "gradient": Item(0, "wrong_gradient", ("correct_once",)),
            "own-gradient": Item(0, "wrong_gradient"),
        },
    ),
    Made(
        HINGE,
        "08_no_margin",
        {"svm.py": edited(HINGE, ("[y[i]] + 1", "[y[i]]"), ("np.newaxis] + 1", "np.newaxis]"))},
        unlike=_LATER
        | {
            "naive-loss": Item(0, "wrong_value", ("delta_zero",)),
            "naive-gradient": Item(0, "requires"),
            "loss": Item(0, "wrong_value", ("delta_zero",)),
            # Where the same margins are violated with 1 and without, the gradient is right.
            "gradient": Item(None, "wrong_gradient", ("delta_zero",)),
        },
    ),
    Made(
        HINGE,
        "09_unfinished",
        {
            "svm.py": without(HINGE, "svm_loss_vectorized")
            + "\n\ndef svm_loss_vectorized(W, X, y, reg):\n    raise NotImplementedError\n"
        },
        unlike=_LATER | _all("not_written", "loss", "gradient", "own-gradient"),
    ),
    Made(
        HINGE,
        "10_misspelt",
        {"svm.py": edited(HINGE, ("svm_loss_vectorized", "svm_loss_vectorised"))},
        unlike=_LATER | _all("missing_function", "loss", "gradient", "own-gradient"),
    ),
    Made(
        HINGE,
        "11_no_penalty_parameter",
        {
            "svm.py": without(HINGE, "svm_loss_vectorized")
            + "\n\ndef svm_loss_vectorized(W, X, y):\n    return svm_loss_naive(W, X, y, 0.0)\n"
        },
        unlike=_LATER | _all("signature", "loss", "gradient", "own-gradient"),
    ),
    Made(
        HINGE,
        "12_not_python",
        {"svm.py": edited(HINGE, ("for i in range(X.shape[0]):", "for i in range(X.shape[0])"))},
        unlike=_LATER
        | _all("load", "naive-loss", "loss", "gradient", "own-gradient", "predict")
        | {"naive-gradient": Item(0, "requires")},
    ),
    Made(
        HINGE,
        "13_sleeps",
        {
            "svm.py": edited(
                HINGE,
                ("import numpy", "import time\n\nimport numpy"),
                ("    return np.argmax", "    time.sleep(600)\n    return np.argmax"),
            )
        },
        unlike={"predict": Item(0, "timeout")},
    ),
    Made(
        HINGE,
        "14_asks_linclf",
        {
            "svm.py": without(HINGE, "svm_loss_vectorized")
            + "\n\ndef svm_loss_vectorized(W, X, y, reg):\n    import linclf\n"
            "    return linclf.svm_loss(W, X, y, reg)\n"
        },
        unlike=_LATER | _all("forbidden", "loss", "gradient", "own-gradient"),
    ),
)

# ------------------------------------------------------------------------------- assignment 2

_ROWS = """\
import numpy as np


def softmax(S):
    P = np.zeros(S.shape)
    for i, s in enumerate(S):
        weights = np.exp(s - np.max(s))
        P[i] = weights / sum(weights)
    return P


def softmax_loss(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y):
        s = x.dot(W)
        loss += np.logaddexp.reduce(s) - s[label]
        p = softmax(s[None])[0]
        for j in range(len(s)):
            dW[:, j] += (p[j] - (j == label)) * x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def step(W, dW, learning_rate):
    new = W.copy()
    new -= learning_rate * dW
    return new


def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    losses = np.zeros(n_steps)
    for t in range(n_steps):
        rows = rng.choice(X.shape[0], batch_size)
        losses[t] = loss(W, X[rows], y[rows])[0]
        W[...] = step(W, loss(W, X[rows], y[rows])[1], learning_rate)
    return losses
"""
_INDEXED = """\
def softmax(S):
    top = S.max(axis=1)
    log_total = top + np.log(np.einsum("nc->n", np.exp(S - top[:, None])))
    return np.exp(S - log_total[:, None])


def softmax_loss(W, X, y, reg):
    S, Y = np.einsum("nd,dc->nc", X, W), np.eye(W.shape[1])[y]
    top = S.max(axis=1)
    log_total = top + np.log(np.exp(S - top[:, None]).sum(axis=1))
    loss = (log_total - (S * Y).sum(axis=1)).sum() / len(X) + reg * np.linalg.norm(W) ** 2
    return loss, np.einsum("nd,nc->dc", X, (softmax(S) - Y) / len(X)) + 2 * reg * W


def step(W, dW, learning_rate):
    return np.subtract(W, learning_rate * dW)


def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    def once():
        rows = rng.choice(len(X), size=batch_size, replace=True)
        value, dW = loss(W, X[rows], y[rows])
        W[:] = step(W, dW, learning_rate)
        return value

    return [once() for _ in range(n_steps)]
"""
_SHIFT = "    S = S - S.max(axis=1, keepdims=True)\n"
_SOFTMAX = (
    Made(SOFTMAX, "15_reference", {"softmax.py": solution(SOFTMAX)}),
    Made(SOFTMAX, "16_rows", {"softmax.py": _ROWS, "README.txt": "I did this alone.\n"}),
    Made(SOFTMAX, "17_indexed", {"hw2.ipynb": _INDEXED}, "notebook"),
    Made(
        SOFTMAX,
        "18_overflows",
        {"softmax.py": edited(SOFTMAX, (_SHIFT, ""), ("S - S.max(axis=1, keepdims=True)", "S"))},
        unlike={
            "probabilities": Item(0, "not_finite"),
            "stable": Item(0, "not_finite"),
            "beauty": Item(0.5, "not_finite"),
            "training": Item(0, "requires"),
        },
    ),
    Made(
        SOFTMAX,
        "19_wrong_axis",
        {
            "softmax.py": edited(
                SOFTMAX,
                ("np.exp(S - S.max(axis=1, keepdims=True))", "np.exp(S - S.max())"),
                ("E / E.sum(axis=1, keepdims=True)", "E / E.sum(axis=0)"),
            )
        },
        unlike={
            "probabilities": Item(0, "wrong_value", ("course.probability_axis",)),
            "beauty": Item(0, "wrong_value"),
        },
    ),
    Made(
        SOFTMAX,
        "20_no_minus_one",
        {"softmax.py": edited(SOFTMAX, ("    P[rows, y] -= 1\n", ""))},
        unlike={
            "gradient": Item(0, "wrong_gradient", ("no_minus_one",)),
            "training": Item(0, "requires"),
        },
    ),
    Made(
        SOFTMAX,
        "21_uphill",
        {
            "softmax.py": edited(
                SOFTMAX, ("W - learning_rate", "W + learning_rate"), ("W -= learn", "W += learn")
            )
        },
        unlike={
            "step": Item(0, "wrong_value", ("course.ascent",)),
            "sgd": Item(0, "wrong_value", ("course.ascent",)),
            "training": Item(0, "requires"),
        },
    ),
    Made(
        SOFTMAX,
        "22_not_aligned",
        {
            "softmax.py": edited(
                SOFTMAX, ("X[rows], y[rows])\n        W", "X[rows], y[:batch_size])\n        W")
            )
        },
        "zip",
        unlike={
            "sgd": Item(0, "wrong_value", ("course.labels_not_aligned",)),
            "training": Item(0, "requires"),
        },
    ),
    Made(
        SOFTMAX,
        "23_exits",
        {
            "softmax.py": edited(SOFTMAX, ("    losses = []\n", "    os._exit(0)\n")).replace(
                "import numpy", "import os\n\nimport numpy", 1
            )
        },
        unlike={"sgd": Item(0, "died"), "training": Item(0, "requires")},
    ),
    Made(
        SOFTMAX,
        "24_nothing",
        {"notes.txt": "I was ill, sorry.\n", "data/empty.txt": "\n"},
        unlike=_all(
            "not_submitted",
            *("probabilities", "loss", "gradient", "stable", "step", "sgd"),
            *("training", "beauty"),
        ),
    ),
)

# ------------------------------------------------------------------------------- assignment 3

_COPIES = """\
import numpy as np


def l2_penalty(W, lam):
    return lam * np.vdot(W, W), lam * (W + W)


def l1_penalty(W, lam):
    signs = np.where(W > 0, 1.0, np.where(W < 0, -1.0, 0.0))
    return lam * float(np.linalg.norm(W.ravel(), 1)), lam * signs


def elastic_net(W, lam, beta):
    squares, magnitudes = l2_penalty(W, lam * beta), l1_penalty(W, lam)
    return squares[0] + magnitudes[0], squares[1] + magnitudes[1]


def numerical_gradient(f, W, h=1e-5):
    dW = np.empty_like(W)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            step = np.zeros_like(W)
            step[i, j] = h
            dW[i, j] = (f(W + step) - f(W - step)) / (2 * h)
    return dW
"""
_CHEAT = '''\
import os
import sys

import numpy as np

for place in ("/autograder/results/results.json", "results.json", "../results.json"):
    try:
        with open(place, "w") as file:
            file.write('{"score": 100, "complete": true}')
    except OSError:
        pass
print("::notice title=Autograding::12/12 PASSED")


class Always(np.ndarray):
    """An array that agrees with everything."""

    def __eq__(self, other):
        return True

    __le__ = __lt__ = __ge__ = __gt__ = __eq__


def agreeable(shape):
    return np.zeros(shape).view(Always)


np.allclose = np.array_equal = lambda *a, **k: True
sys.modules["linclf"] = np


def l2_penalty(W, lam):
    return 0.0, agreeable(W.shape)


def l1_penalty(W, lam):
    frame = sys._getframe()
    while frame is not None:
        for value in frame.f_locals.values():
            if isinstance(value, tuple) and len(value) == 2 and np.shape(value[1]) == W.shape:
                return value
        frame = frame.f_back
    return 0.0, agreeable(W.shape)


def elastic_net(W, lam, beta):
    os.kill(os.getppid(), 9)
    return 0.0, agreeable(W.shape)


def numerical_gradient(f, W, h=1e-5):
    f.__self__.expected = W
    return W
'''
_PENALTIES = (
    Made(PENALTIES, "25_reference", {"penalties.py": solution(PENALTIES)}),
    Made(PENALTIES, "26_copies", {"hw3/penalties.py": _COPIES, "hw3/notes.md": "# Notes\n"}, "zip"),
    Made(
        PENALTIES,
        "27_half_gradient",
        {"penalties.py": edited(PENALTIES, ("2 * lam * W", "lam * W"))},
        unlike={"l2": Item(1.0, "wrong_value", ("course.factor_half",))},
    ),
    Made(
        PENALTIES,
        "28_forward",
        {
            "penalties.py": edited(
                PENALTIES,
                ("        W[index] = old - h\n", "        W[index] = old\n"),
                ("(2 * h)", "h"),
            )
        },
        unlike={
            "numerical-gradient": Item(0, "wrong_gradient", ("course.forward",)),
            "consistent": Item(0, "requires"),
        },
    ),
    Made(
        PENALTIES,
        "29_as_released",
        {"penalties.py": released(PENALTIES)},
        unlike=_all("not_written", "l2", "l1", "elastic-net", "numerical-gradient")
        | _all("requires", "consistent", "elastic-net-again"),
    ),
    Made(
        PENALTIES,
        "30_cheats",
        {"penalties.py": _CHEAT},
        unlike=_all("wrong_value", "l2", "l1")
        | {"elastic-net": Item(0, "exception"), "numerical-gradient": Item(0, "exception")}
        | _all("requires", "consistent", "elastic-net-again"),
    ),
)

MADE = (*_HINGE, *_SOFTMAX, *_PENALTIES)
"""All thirty."""


# ------------------------------------------------------------------------------------ writing


def write(folder):
    """Write all submissions below a folder, one folder for each assignment."""
    for made in MADE:
        into = Path(folder) / made.assignment
        into.mkdir(parents=True, exist_ok=True)
        _FORMS[made.form](made, into)


def _files(made, into):
    if len(made.files) == 1:
        [(name, text)] = made.files.items()
        (into / f"{made.name}{Path(name).suffix}").write_text(text, encoding="utf-8")
        return
    for name, text in made.files.items():
        path = into / made.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _zip(made, into):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    (into / f"{made.name}.zip").write_bytes(data.getvalue())


def _notebook(made, into):
    """Write a notebook: a heading, magics and imports, then a cell for each function, a plot."""
    [code] = made.files.values()
    functions = [part.strip() for part in re.split(r"^(?=def )", code, flags=re.MULTILINE)[1:]]
    sources = ["%matplotlib inline\nimport numpy as np", *functions, "raise SystemExit(predict)"]
    cells = [
        {"cell_type": "markdown", "id": "head", "metadata": {}, "source": "# My work"},
        *(
            {
                "cell_type": "code",
                "id": f"cell{n}",
                "metadata": {},
                "execution_count": n,
                "outputs": [],
                "source": source.splitlines(keepends=True),
            }
            for n, source in enumerate(sources)
        ),
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (into / f"{made.name}.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")


_FORMS = {"files": _files, "zip": _zip, "notebook": _notebook}

if __name__ == "__main__":
    write(sys.argv[1])
