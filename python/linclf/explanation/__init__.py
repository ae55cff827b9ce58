"""The slide's arithmetic with the user's numbers, term by term, as text, LaTeX and HTML.

    explaining     explain(): asks the C core, puts steps in order; operands checks
    formulas       what every loss looks like; objective and gradient, what is around it
    expressions    the trees that all formats are written from, and their arithmetic
    rendering      signs and parentheses; text, latex and html fill in the rest
    misprints      numbers that lectures print wrong

Losses, scores, probabilities and gradients are those of the C core; what is computed here are the
terms between them.
"""

from linclf.explanation.explaining import explain
from linclf.explanation.explanation import Explanation
from linclf.explanation.misprints import MISPRINTS, Misprint
from linclf.explanation.steps import Equation, Remark, Step, Table

__all__ = ["MISPRINTS", "Equation", "Explanation", "Misprint", "Remark", "Step", "Table", "explain"]
