"""The exercises as data: number, notebook, signature, what goes in and what must come out."""

from __future__ import annotations

import difflib
import inspect
from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """One function that a student writes.

    Attributes
    ----------
    number : str
        Such as "1.2": the second exercise of notebook 01.
    name : str
        Of the function.
    notebook : str
        Name of the notebook, without its ending.
    signature : str
        Parameters as in a ``def`` line.
    task : str
        What to do, in one line.
    parameters : tuple of (name, type, meaning)
        What goes in.
    returns : tuple of (name, type, meaning)
        What must come out; empty if the function works in place.
    hint : str
        What else must hold.
    """

    number: str
    name: str
    notebook: str
    signature: str
    task: str
    parameters: tuple[tuple[str, str, str], ...]
    returns: tuple[tuple[str, str, str], ...]
    hint: str = ""

    @property
    def title(self) -> str:
        """The exercise as messages call it."""
        return f"Exercise {self.number}: {self.name}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(name for name, _, _ in self.parameters)

    @property
    def required(self) -> int:
        """Number of parameters without a default."""
        return sum("=" not in part for part in self.signature.split(","))

    @property
    def docstring(self) -> str:
        """The task with shapes, as the docstring of the function."""
        lines = [self.task]
        if self.hint:
            lines += ["", *inspect.cleandoc(self.hint).splitlines()]
        lines += ["", "Parameters", "----------"]
        for name, kind, meaning in self.parameters:
            lines += [f"{name} : {kind}", f"    {meaning}"]
        if self.returns:
            lines += ["", "Returns", "-------"]
            for name, kind, meaning in self.returns:
                lines += [f"{name} : {kind}", f"    {meaning}"]
        return "\n".join(lines)


_W = ("W", "(D, C) array", "Weights, one class per column.")
_X = ("X", "(N, D) array", "Data, one sample per row.")
_Y = ("y", "(N,) integer array", "Labels: 0 <= y[i] < C.")
_REG = ("reg", "float", "Strength of the penalty reg * sum(W**2).")
_LAM = ("lam", "float", "Strength.")
_LOSS = ("loss", "float", "Mean loss of the samples plus reg * sum(W**2).")
_DW = ("dW", "(D, C) array", "Its gradient.")
_VALUE = ("value", "float", "The penalty.")
_LOSS_FUNCTION = ("loss", "function", "loss(W, X, y) returns (loss, dW).")
_RNG = ("rng", "numpy.random.Generator", "Where all that is random is drawn from.")
_OBJECTIVE = (_W, _X, _Y, _REG)

_ALL = (
    Exercise(
        "0.1",
        "scores",
        "00_pixels_to_scores",
        "W, X",
        "Return the scores of all classes for all samples.",
        (_W, _X),
        (("S", "(N, C) array", "Row i holds the scores of sample i."),),
    ),
    Exercise(
        "0.2",
        "scores_bias",
        "00_pixels_to_scores",
        "W, X, b",
        "Return the scores, with a bias for each class.",
        (_W, _X, ("b", "(C,) array", "Biases.")),
        (("S", "(N, C) array", "Row i holds the scores of sample i."),),
    ),
    Exercise(
        "0.3",
        "accuracy",
        "00_pixels_to_scores",
        "W, X, y",
        "Return the fraction of samples whose class of the highest score is the true one.",
        (_W, _X, _Y),
        (("fraction", "float", "From 0 to 1."),),
    ),
    Exercise(
        "1.1",
        "hinge_sample",
        "01_multiclass_hinge",
        "s, y, delta=1.0",
        "Return the multiclass hinge loss of one sample.",
        (
            ("s", "(C,) array", "Its scores."),
            ("y", "int", "Its true class."),
            ("delta", "float", "The margin."),
        ),
        (("loss", "float", "Sum of the violations of the margin."),),
    ),
    Exercise(
        "1.2",
        "hinge_loops",
        "01_multiclass_hinge",
        "W, X, y, reg",
        "Return the multiclass hinge loss and its gradient, with loops.",
        _OBJECTIVE,
        (_LOSS, _DW),
    ),
    Exercise(
        "1.3",
        "hinge_vectorized",
        "01_multiclass_hinge",
        "W, X, y, reg",
        "Return the multiclass hinge loss and its gradient, without a loop.",
        _OBJECTIVE,
        (_LOSS, _DW),
    ),
    Exercise(
        "2.1",
        "softmax_sample",
        "02_softmax",
        "s, y",
        "Return the cross-entropy loss of one sample.",
        (("s", "(C,) array", "Its scores."), ("y", "int", "Its true class.")),
        (("loss", "float", "With the natural logarithm."),),
        "It must be right at any scores: for s = (0, 1000) and y = 0 it is 1000.",
    ),
    Exercise(
        "2.2",
        "softmax_probabilities",
        "02_softmax",
        "S",
        "Return the probabilities that softmax makes of scores.",
        (("S", "(N, C) array", "Scores, one sample per row."),),
        (("P", "(N, C) array", "Probabilities of the classes for each sample."),),
        "It must be right at any scores, 1000 for instance, in every row.",
    ),
    Exercise(
        "2.3",
        "softmax_vectorized",
        "02_softmax",
        "W, X, y, reg",
        "Return the cross-entropy loss and its gradient, without a loop.",
        _OBJECTIVE,
        (_LOSS, _DW),
        "It must be right at any scores, 1000 for instance, in every row.",
    ),
    Exercise(
        "3.1",
        "l2_penalty",
        "03_regularisation",
        "W, lam",
        "Return the penalty lam * sum(W**2) and its gradient.",
        (_W, _LAM),
        (_VALUE, ("dW", "(D, C) array", "Its gradient.")),
    ),
    Exercise(
        "3.2",
        "l1_penalty",
        "03_regularisation",
        "W, lam",
        "Return the penalty lam * sum(abs(W)) and its subgradient.",
        (_W, _LAM),
        (_VALUE, ("dW", "(D, C) array", "Its subgradient; 0 where a weight is 0.")),
    ),
    Exercise(
        "3.3",
        "elastic_net",
        "03_regularisation",
        "W, lam, beta",
        "Return the penalty lam * sum(beta * W**2 + abs(W)) and its subgradient.",
        (_W, _LAM, ("beta", "float", "Weight of the squares.")),
        (_VALUE, ("dW", "(D, C) array", "Its subgradient.")),
    ),
    Exercise(
        "4.1",
        "numerical_gradient",
        "04_gradients",
        "f, W, h=1e-5",
        "Return the gradient of f at W by central differences.",
        (
            ("f", "function", "f(W) returns a number."),
            ("W", "(D, C) array", "Where; it must be as before when you are done."),
            ("h", "float", "The step."),
        ),
        (("dW", "(D, C) array", "Its gradient, entry by entry."),),
    ),
    Exercise(
        "5.1",
        "sgd_step",
        "05_downhill",
        "W, dW, learning_rate",
        "Take one step downhill: change W in place, return nothing.",
        (
            ("W", "(D, C) array", "Weights, changed in place."),
            ("dW", "(D, C) array", "Gradient of the loss there."),
            ("learning_rate", "float", "Length of the step in units of dW."),
        ),
        (),
    ),
    Exercise(
        "5.2",
        "sgd",
        "05_downhill",
        "W, X, y, loss, learning_rate, batch_size, n_steps, rng",
        "Train with minibatches: change W in place, return the loss of every batch.",
        (
            ("W", "(D, C) array", "Weights, changed in place."),
            _X,
            _Y,
            _LOSS_FUNCTION,
            ("learning_rate", "float", "Length of a step in units of dW."),
            ("batch_size", "int", "Samples in a batch."),
            ("n_steps", "int", "How many steps."),
            _RNG,
        ),
        (("losses", "list of float", "Loss of each batch, before its step."),),
        "Draw the rows of every batch by rng.choice(N, batch_size).",
    ),
    Exercise(
        "5.3",
        "random_search",
        "05_downhill",
        "X, y, n_classes, loss, n_tries, rng",
        "Try random weights, keep the best.",
        (
            _X,
            _Y,
            ("n_classes", "int", "C."),
            _LOSS_FUNCTION,
            ("n_tries", "int", "How many weights to try."),
            _RNG,
        ),
        (
            ("best_W", "(D, C) array", "The weights of the lowest loss."),
            ("best_loss", "float", "That loss."),
        ),
        "Draw each by 0.0001 * rng.standard_normal((D, C)).",
    ),
    Exercise(
        "6.1",
        "tune",
        "06_project",
        "train, learning_rates, regs",
        "Train with every pair of learning rate and strength; return all accuracies.",
        (
            ("train", "function", "train(lr, reg) returns (train accuracy, validation accuracy)."),
            ("learning_rates", "list of float", "Learning rates to try."),
            ("regs", "list of float", "Strengths of the penalty to try."),
        ),
        (
            (
                "results",
                "dict",
                "{(lr, reg): (train accuracy, validation accuracy)}, one entry a pair.",
            ),
        ),
    ),
    Exercise(
        "7.1",
        "k_nearest",
        "07_features",
        "X_train, y_train, X, k",
        "Return for each sample the label that most of its k nearest training samples have.",
        (
            ("X_train", "(M, D) array", "Training samples."),
            ("y_train", "(M,) integer array", "Their labels."),
            ("X", "(N, D) array", "Samples to classify."),
            ("k", "int", "How many neighbours vote."),
        ),
        (("labels", "(N,) integer array", "Of equally frequent labels, the smaller one."),),
        "Nearest is by the Euclidean distance.",
    ),
)

_BY_NAME = {exercise.name: exercise for exercise in _ALL}


def exercises() -> tuple[Exercise, ...]:
    """Return all exercises, in the order of the notebooks.

    Examples
    --------
    >>> [exercise.name for exercise in linclf.course.exercises()][:3]
    ['scores', 'scores_bias', 'accuracy']
    """
    return _ALL


def exercise(name: str) -> Exercise:
    """Return the exercise of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = difflib.get_close_matches(str(name), _BY_NAME, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_BY_NAME)}"
    raise ValueError(f"there is no exercise {name!r}; {meant}")
