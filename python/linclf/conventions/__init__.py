"""The strength of regularisation as other libraries and courses write it.

Here the objective is ``(1/N) * sum_i L_i + lam * sum(W**2)`` with a free bias. Others put a half
before the squares, sum over the samples instead of averaging, put the factor before the losses, or
divide the loss by the number of classes. `to` turns ``lam`` into the parameter of another one,
`reg_from` turns such a parameter into a penalty for ``reg=``, `table` shows all of them at once,
and `check` trains or evaluates both sides and compares.

>>> linclf.conventions.to("sklearn.LogisticRegression", 0.01, n_samples=1000)
{'C': 0.05}
>>> linclf.conventions.reg_from("torch.CrossEntropyLoss", weight_decay=0.02)
L2(lam=0.01)
"""

from linclf.conventions.comparing import Parity
from linclf.conventions.converting import reg_from, to
from linclf.conventions.entries import CONVENTIONS, Convention
from linclf.conventions.listing import table
from linclf.conventions.parity import check

__all__ = ["CONVENTIONS", "Convention", "Parity", "check", "reg_from", "table", "to"]
