"""`LinearClassifier` passes scikit-learn's own checks of estimators, every one of them."""

import warnings

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'linclf[test]'")

from linclf import L1, LinearClassifier, Loss
from sklearn.utils.estimator_checks import parametrize_with_checks

SMALL = {"epochs": 100}  # the checks are about manners, and their data is tiny

ESTIMATORS = [
    LinearClassifier(),
    *(LinearClassifier(str(loss), **SMALL) for loss in Loss if loss != "softmax"),
    LinearClassifier(center="mean", reg=L1(1e-3), momentum=0.0, schedule=None, **SMALL),
    LinearClassifier(fit_intercept=False, batch_size=None, schedule="invscaling", **SMALL),
    LinearClassifier("hinge", early_stopping=True, validation_fraction=0.3, **SMALL),
    LinearClassifier(solver="lbfgs", reg=1e-2),
    LinearClassifier("hinge", solver="bundle", reg=1e-2, tol=1e-2, fit_intercept=False),
]

with warnings.catch_warnings():
    # The point of duck typing is to have no scikit-learn class above; it asks us to mind that.
    warnings.filterwarnings("ignore", message=".*does not inherit from", category=UserWarning)
    each_check = parametrize_with_checks(ESTIMATORS)


@each_check
def test_estimator_passes_every_check_of_scikit_learn(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # or else one of the checks skips itself
    check(estimator)
