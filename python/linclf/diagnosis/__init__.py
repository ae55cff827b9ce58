"""What is wrong with a loss function: from the numbers that it returned to a sentence.

    loss, gradient = f(W, X, y, reg)
    print(diagnose(Answer(W, X, y, reg, loss, gradient), "hinge", function=f))

Loss and gradient are judged apart, against the C core and within rounding error. What is wrong is
explained by the first of these that is certain: a shape; a known mistake or two, made again on the
same problems (`replay`); factors of the terms that a gradient is made of (`fingerprint`); a row, a
class or a sample that alone is wrong (`localise`); figures. "looks like" stands before whatever
does not fit to rounding in two problems, or has a rival that fits as well.
"""

from linclf.diagnosis.answers import Answer, Expected
from linclf.diagnosis.findings import Diagnosis, Finding
from linclf.diagnosis.fingerprint import Fingerprint, fingerprint
from linclf.diagnosis.messages import MESSAGES, message
from linclf.diagnosis.verdict import diagnose

__all__ = [
    "MESSAGES",
    "Answer",
    "Diagnosis",
    "Expected",
    "Finding",
    "Fingerprint",
    "diagnose",
    "fingerprint",
    "message",
]
