"""Wrong losses: subtly broken versions of hinge and softmax, for tests to find.

A test of a loss is worth what it catches. Each mutant is a function ``f(W, X, y, reg)`` that
returns ``(loss, dW)`` with one mistake that students make; a test that passes for it has missed
that mistake. ::

    for mutant in linclf.mutants.select("hinge"):
        survived = my_test(mutant)

Only wrong answers are here. What a mutant does right is computed by the C core, so that reading
this code gives no solution away.
"""

from linclf.mutants.catalogue import MUTANTS, Mutant, combine, get, pairs, select

__all__ = ["MUTANTS", "Mutant", "combine", "get", "pairs", "select"]
