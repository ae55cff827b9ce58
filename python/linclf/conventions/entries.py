"""The table of conventions: what others call the strength, and of which objective.

Every L2 parameter in it is ``2 * lam``, the factor of ``sum(W**2) / 2``, or ``lam`` itself, times
or over the number of samples, of classes or of rows in a batch; or one over that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Size = Literal["n_samples", "n_classes", "batch_size"]
LETTERS: dict[Size, str] = {"n_samples": "N", "n_classes": "n_classes", "batch_size": "B"}


@dataclass(frozen=True)
class Convention:
    """How somebody else writes an objective.

    Attributes
    ----------
    name : str
        What `to` and `reg_from` call it.
    knob : str
        The parameter that holds the strength.
    loss : str
        Which `linclf.Loss` is theirs; empty if the convention goes with any.
    half : bool
        The penalty is ``sum(W**2) / 2``.
    inverse : bool
        The parameter stands before the losses, so a large one regularises little.
    times, over : tuple of str
        Sizes that the strength is multiplied or divided by.
    l1 : str
        How an L1 part is said: ``"ratio"`` mixes the two by ``l1_ratio``, ``"own"`` has a
        parameter ``l1``, ``""`` has none.
    one_vector : bool
        Two classes share a single weight vector, the difference of our two columns. As each column
        is half of it at the optimum, ``sum(W**2)`` is half as large here.
    two_classes : bool
        Only two classes are the same problem.
    with_l1 : tuple of (str, str)
        What else has to be said where there is an L1 part.
    bias : str
        Whether the bias is penalised there.
    note : str
        What else differs.
    """

    name: str
    knob: str
    loss: str
    half: bool = True
    inverse: bool = False
    times: tuple[Size, ...] = ()
    over: tuple[Size, ...] = ()
    l1: Literal["ratio", "own", ""] = ""
    one_vector: bool = False
    two_classes: bool = False
    with_l1: tuple[tuple[str, str], ...] = ()
    bias: str = "free"
    note: str = ""

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes that a conversion needs."""
        return self.times + self.over

    @property
    def formula(self) -> str:
        """The L2 parameter as a formula in ``lam``.

        >>> [entry.formula for entry in CONVENTIONS if entry.name == "torch.MultiMarginLoss"]
        ['weight_decay = 2 * lam / n_classes']
        """
        factors = ["2"] * (self.half and not self.two_classes)
        strength = " * ".join([*factors, "lam", *(LETTERS[size] for size in self.times)])
        strength += "".join(f" / {LETTERS[size]}" for size in self.over)
        if self.inverse:
            strength = f"1 / ({strength})" if " " in strength else f"1 / {strength}"
        return f"{self.knob} = {strength}"


CONVENTIONS: tuple[Convention, ...] = (
    Convention(
        "half",
        "reg",
        "",
        bias="free",
        note="0.5 * reg * sum(W**2), gradient reg * W: the CS231n code of 2015 and 2016",
    ),
    Convention(
        "sum",
        "reg",
        "",
        half=False,
        times=("n_samples",),
        note="sum_i L_i + reg * sum(W**2), a sum over the samples in place of the mean",
    ),
    Convention(
        "cs231n",
        "reg",
        "",
        half=False,
        bias="penalised: it is a row of W",
        note="same since 2017",
    ),
    Convention(
        "sklearn.LogisticRegression",
        "C",
        "softmax",
        inverse=True,
        times=("n_samples",),
        l1="ratio",
        one_vector=True,
        with_l1=(("solver", "saga"),),
        note="with two classes C = 1 / (lam * N), as they share one weight vector there; before "
        "scikit-learn 1.8 an L1 part needs penalty='elasticnet' as well",
    ),
    Convention(
        "sklearn.LinearSVC",
        "C",
        "one_vs_all",
        inverse=True,
        times=("n_samples",),
        bias="penalised",
        note="for its loss='hinge'; its default is the squared hinge, which is another loss",
    ),
    Convention(
        "sklearn.LinearSVC.crammer_singer",
        "C",
        "crammer_singer",
        inverse=True,
        times=("n_samples",),
        bias="penalised",
        note="multi_class='crammer_singer'",
    ),
    Convention(
        "sklearn.SVC",
        "C",
        "hinge",
        inverse=True,
        times=("n_samples",),
        one_vector=True,
        two_classes=True,
        note="kernel='linear', two classes; more classes are trained in pairs there",
    ),
    Convention(
        "sklearn.SGDClassifier",
        "alpha",
        "one_vs_all",
        l1="ratio",
        with_l1=(("penalty", "elasticnet"),),
        note="its loss='hinge', one classifier against the rest for each class",
    ),
    Convention(
        "torch.CrossEntropyLoss",
        "weight_decay",
        "softmax",
        bias="decayed, unless in a group of its own",
        note="of torch.optim.SGD; that of AdamW is no L2 penalty",
    ),
    Convention(
        "torch.MultiMarginLoss",
        "weight_decay",
        "hinge",
        over=("n_classes",),
        bias="decayed, unless in a group of its own",
        note="the hinge loss over n_classes: take n_classes times the learning rate",
    ),
    Convention(
        "keras.SparseCategoricalCrossentropy",
        "l2",
        "softmax",
        half=False,
        l1="own",
        note="kernel_regularizer=keras.regularizers.L1L2(l1, l2), from_logits=True",
    ),
    Convention(
        "keras.CategoricalHinge",
        "l2",
        "crammer_singer",
        half=False,
        l1="own",
        note="the same only where a wrong class scores 0 or more: a 0 stands in for the true class",
    ),
    Convention(
        "mlxtend.SoftmaxRegression",
        "l2",
        "softmax",
        times=("batch_size",),
        note="its gradient is a sum over the batch: eta is the learning rate over B",
    ),
)
