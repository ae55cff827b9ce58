"""Drop-in modules for Introduction to Deep Learning (I2DL) of TU München, exercise 1, softmax.

    exercise_code.classifiers.softmax            the losses, `SoftmaxClassifier`, the tuning
    exercise_code.classifiers.linear_classifier  `LinearClassifier`
    exercise_code.data_utils                     `load_CIFAR10`
    exercise_code.gradient_check                 `grad_check_sparse` and others
    exercise_code.model_savers                   `save_softmax_classifier`
    exercise_code.vis_utils                      `visualize_grid`

The penalty is ``reg * sum(W**2)``, without a factor 1/2; the bias is the last row of W and
penalised like the others. The first W and the batches come from NumPy's global generator, so that
``np.random.seed`` gives the history of the course's loop. The networks and features of the later
notebooks are not here: those modules are taken from a folder of the course, where there is one.
"""

from __future__ import annotations

_HERE = "linclf.compat.i2dl"

#: Name in the notebooks -> module that implements it.
MODULES = {
    "exercise_code.classifiers.linear_classifier": f"{_HERE}.linear_classifier",
    "exercise_code.classifiers.softmax": f"{_HERE}.softmax",
    "exercise_code.data_utils": f"{_HERE}.data_utils",
    "exercise_code.gradient_check": f"{_HERE}.gradient_check",
    "exercise_code.model_savers": f"{_HERE}.model_savers",
    "exercise_code.vis_utils": f"{_HERE}.vis_utils",
}
