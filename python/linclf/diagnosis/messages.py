"""The sentences of a diagnosis, by id: all of them are here, so that they can be translated.

Each says what is wrong with its evidence, and where to look. What stands in braces is filled in:

    N, D, C, reg         the problem
    loss, expected       the loss that was returned, and the right one
    loss_data            how many times the data part of the loss is the right one
    loss_penalty         how many times the regulariser in the loss is the right one
    data, penalty        the same of the gradient
    row, column, sample  where
"""

from __future__ import annotations

from typing import Any

MESSAGES: dict[str, str] = {
    # ------------------------------------------------------------- sums over the samples
    "gradient_sum": "gradient is {data:.3f} x the expected one, N = {N}: divide by N",
    "loss_sum": "loss is {loss_data:.3f} x the expected one, N = {N}: divide by N",
    "sum": "loss and gradient are {data:.3f} x the expected ones, N = {N}: divide both by N",
    "gradient_divided_twice": (
        "gradient is {data:.3g} x the expected one, 1/N = {one_over_n:.3g}: it is divided by N "
        "twice"
    ),
    "mean_over_classes": (
        "loss and gradient are {data:.3f} x the expected ones, 1/C = {one_over_c:.3f}: "
        "take the mean over the samples, not over the classes as well"
    ),
    "loss_mean_over_classes": (
        "loss is {loss_data:.3f} x the expected one, 1/C = {one_over_c:.3f}: take the mean over "
        "the samples, not over the classes as well"
    ),
    "gradient_mean_over_classes": (
        "gradient is {data:.3f} x the expected one, 1/C = {one_over_c:.3f}: take the mean over "
        "the samples, not over the classes as well"
    ),
    "gradient_over_classes": (
        "gradient is {data:.3f} x the expected one, N/C = {n_over_c:.3f}: it is divided by the "
        "number of classes C = {C}, not of samples N = {N}"
    ),
    "mean_over_wrong_classes": (
        "loss and gradient are {data:.3f} x the expected ones, C - 1 = {c_minus_one}: sum over the "
        "wrong classes, take no mean over them"
    ),
    "last_sample": (
        "gradient is that of the last sample alone, divided by N: add to it in the loop (+=) "
        "instead of overwriting it (=)"
    ),
    "last_sample_loss": (
        "loss is that of the last sample alone, divided by N: add to it in the loop (+=) instead "
        "of overwriting it (=)"
    ),
    "first_sample_missing": "sample 0 is left out: the loop over the samples must begin at 0",
    # ------------------------------------------------------------- the whole gradient
    "sign": "gradient has the wrong sign throughout: it is -1.000 x the expected one",
    "data_sign": (
        "gradient of the data part has the wrong sign ({data:.3f} x), that of the regulariser is "
        "right"
    ),
    "integer_gradient": (
        "gradient holds whole numbers only: its array has an integer dtype, make it with "
        "np.zeros(W.shape)"
    ),
    "transposed": "gradient is transposed: dW must have the shape of W, one class per column",
    "shape": "gradient is of shape {shape}; W is of shape ({D}, {C}), and dW must be too",
    # ------------------------------------------------------------- terms of the classes
    "no_correct_class": (
        "gradient lacks the term of the true class; that of the other classes is right"
    ),
    "no_other_classes": (
        "gradient has the term of the true class alone; that of the other classes is missing"
    ),
    "correct_sign": "term of the true class has the wrong sign in the gradient",
    "correct_once": (
        "gradient subtracts a sample from its true class once, not once for each violated margin"
    ),
    "true_class_in_gradient": (
        "gradient counts the true class among the violated margins: leave j = y out"
    ),
    "true_class_in_loss": (
        "loss sums over all classes, the true one as well: it is {difference:.6g} too large, "
        "leave j = y out"
    ),
    "delta_zero": "margin delta = 1 is missing, in the loss and in the gradient",
    "gradient_without_delta": (
        "gradient counts margins as violated without delta = 1, which the loss has"
    ),
    "squared": "violations are squared, in the loss and in the gradient: that is the squared hinge",
    "squared_loss": "loss squares the violations; the gradient is that of the plain hinge",
    "one_vs_all": (
        "loss is a sum of binary hinges, one class against all, instead of the multiclass hinge"
    ),
    "crammer_singer": (
        "only the largest violation of a sample counts (Crammer-Singer), instead of their sum"
    ),
    "no_max": "maximum with 0 is missing: satisfied margins count as well, as negative losses",
    "no_max_loss": "loss lacks the maximum with 0: satisfied margins count as negative losses",
    "no_max_gradient": "gradient counts every class, whether its margin is violated or not",
    "reversed_margin": "margin is reversed: it must be s_j - s_y + 1, not s_y - s_j + 1",
    "uint8_wraps": (
        "uint8 arithmetic wraps: -X[i] of pixels turns {pixel} into {wrapped}; convert X to float "
        "first"
    ),
    # ------------------------------------------------------------- probabilities
    "no_minus_one": "gradient lacks the -1 at the true class: it must be p - 1 there, not p",
    "minus_one_everywhere": "gradient subtracts 1 at every class, not at the true one alone",
    "minus_one_in_first_rows": (
        "gradient subtracts 1 in the first C = {C} samples alone: index the samples with "
        "np.arange(N), not with np.arange(C)"
    ),
    "labels_broadcast": (
        "labels are paired with every row: y of shape (N, 1) is broadcast to (N, N); use y.ravel()"
    ),
    "wrong_axis": (
        "probabilities are normalised over the samples (axis=0); they must sum to 1 over the "
        "classes of each sample (axis=1)"
    ),
    "unnormalised": "gradient uses exponentials that are not divided by their sum over the classes",
    "no_log": "loss lacks the logarithm: it adds up the probabilities of the true class themselves",
    "log10": "loss uses log10: its data part is {loss_data:.6f} = 1/ln(10) x the expected one",
    "log2": "loss uses log2: its data part is {loss_data:.6f} = 1/ln(2) x the expected one",
    "loss_sign": "loss has the wrong sign: it is minus the mean logarithm",
    "log_epsilon": (
        "loss adds a small number to the probability before the logarithm: it is off by "
        "{difference:.3g}; use log-sum-exp, which needs none"
    ),
    "log_clip": (
        "loss clips the probability before the logarithm: it is off by {difference:.3g}; use "
        "log-sum-exp, which needs no clipping"
    ),
    "shift_kept": (
        "loss takes the logarithm of shifted exponentials but subtracts the unshifted score: shift "
        "both, or neither"
    ),
    "no_shift": (
        "exp overflows at scores above 709, row {overflow_row} has one of {largest:.4g}; subtract "
        "the maximum of each row first"
    ),
    "global_max": (
        "maximum taken over the whole batch, row {spread_row} underflows; take the maximum of each "
        "row (axis=1, keepdims=True)"
    ),
    "log_of_zero": (
        "logarithm of a probability that is 0 after underflow, row {zero_row}: use log-sum-exp, "
        "not the log of the quotient"
    ),
    "no_keepdims": (
        "maximum or sum over the classes lacks keepdims=True: N = C = {C}, so it is spread over "
        "the columns without an error"
    ),
    # ------------------------------------------------------------- the regulariser
    "no_penalty": "regulariser is missing, in the loss and in the gradient",
    "no_penalty_loss": "loss lacks the regulariser; the gradient has it",
    "no_penalty_gradient": "regulariser's gradient is missing",
    "half_penalty": (
        "regulariser has a factor 1/2 in the loss and in the gradient: here it is reg * sum(W**2)"
    ),
    "half_penalty_loss": "regulariser in the loss is {loss_penalty:.3f} x the expected one",
    "half_penalty_gradient": "the regulariser's gradient lacks the factor 2",
    "double_penalty_loss": "regulariser in the loss is {loss_penalty:.3f} x the expected one",
    "double_penalty_gradient": "the regulariser's gradient is {penalty:.3f} x the expected one",
    "penalty_over_n": (
        "regulariser is divided by N = {N}, in the loss and in the gradient: add it after the mean "
        "over the samples"
    ),
    "penalty_loss_over_n": (
        "regulariser in the loss is divided by N = {N}: add it after the mean over the samples"
    ),
    "penalty_gradient_over_n": (
        "the regulariser's gradient is divided by N = {N}: add it after the division"
    ),
    "penalty_loss_sign": "loss subtracts the regulariser instead of adding it",
    "penalty_gradient_sign": "the regulariser's gradient has the wrong sign",
    "penalty_without_strength": "regulariser is not multiplied by reg = {reg:g}",
    "l1_penalty": "regulariser sums abs(W); here it is reg * sum(W**2)",
    "norm_penalty_loss": "loss has the norm of W as regulariser, not its square: sum(W**2)",
    "norm_penalty": "regulariser is the norm of W, not its square, in the loss and in the gradient",
    "penalty_without_last_row": (
        "regulariser leaves out the last row of W (the bias): here all rows are penalised"
    ),
    "penalty_without_first_row": (
        "regulariser leaves out the first row of W: here all rows are penalised"
    ),
    # ------------------------------------------------------------- what is no known mistake
    "terms": (
        "gradient = {others} x the other classes' term + {correct} x the true class's + {l2} x the "
        "regulariser's; each should be 1"
    ),
    "data_factor": "gradient of the data part is {others} x the expected one",
    "penalty_factor": "the regulariser's gradient is {l2} x the expected one",
    "terms_softmax": (
        "gradient = {others} x X^T P / N - {correct} x X^T Y / N + {l2} x the regulariser's, with "
        "P the probabilities and Y the one-hot labels; each factor should be 1"
    ),
    "gradient_of_another": "gradient is that of the {other} loss, not of the {meant} loss",
    "loss_of_another": "value is that of the {other} loss, not of the {meant} loss",
    "loss_factors": (
        "loss is {loss_data:.6g} x its data part + {loss_penalty:.6g} x its regulariser; each "
        "should be 1"
    ),
    "float32": "computed in float32, which is right to about {digits} digits; use float64",
    "only_entry": (
        "gradient is wrong in dW[{row}, {column}] alone: {found:.6g}, expected {right:.6g}"
    ),
    "only_row": "gradient is wrong in row {row} alone: that of feature {row}",
    "only_bias_row": "gradient is wrong in row {row} alone: that of the bias",
    "only_class": "gradient is wrong in column {column} alone: that of class {column}",
    "only_sample": "gradient is wrong by a multiple of X[{sample}]: see how sample {sample} counts",
    "only_not_finite": "gradient is not finite in {count} of {size} entries: look for 0/0 and inf",
    "gradient_differs": (
        "gradient is wrong in {count} of {size} entries, most at dW[{row}, {column}]: {found:.6g}, "
        "expected {right:.6g}; its norm is {ratio:.3g} x the expected one's, its cosine with that "
        "{cosine:.3f}"
    ),
    "loss_not_finite": "loss is {loss}, expected {expected:.6g}",
    "loss_differs": "loss is {loss:.6g}, expected {expected:.6g}",
    # ------------------------------------------------------------- of a gradient and its own loss
    "own_scale": (
        "gradient is {data:.3f} x the derivative of the loss{natural}; both must be averaged alike"
    ),
    "own_penalty": "the regulariser's gradient is {penalty:.3f} x the derivative of its loss",
    "own_data": "the data part's gradient is {data:.3f} x the derivative of its loss",
    "own_differs": (
        "gradient is not the derivative of the loss: dW[{where}] is {found:.6g}, "
        "differences give {right:.6g}"
    ),
    # ------------------------------------------------------------- how sure it is
    "looks_like": "looks like: {sentence}",
    "ambiguous": "{sentence} (or: {others})",
    # ------------------------------------------------------------- verdicts
    "verdict_right": "loss and gradient are right",
    "verdict_gradient": "the loss is right; the gradient is not its derivative",
    "verdict_consistent": "the gradient is the exact derivative of the loss, but the loss is wrong",
    "verdict_both": "the loss is wrong, and the gradient is not its derivative",
    "verdict_loss_right": "the loss is right",
    "verdict_loss_wrong": "the loss is wrong",
    "verdict_gradient_wrong": "the loss is right, the gradient is wrong",
    "verdict_both_wrong": "loss and gradient are wrong",
    "verdict_loss_only": "the loss is wrong, the gradient is right",
}


def message(id: str, evidence: dict[str, Any]) -> str:
    """Return a sentence with its evidence filled in.

    Parameters
    ----------
    id : str
        Key of `MESSAGES`.
    evidence : dict
        What its braces ask for; more does no harm.

    Raises
    ------
    KeyError
        If the id is unknown or evidence is missing.

    Examples
    --------
    >>> message("gradient_sum", {"data": 11.0, "N": 11})
    'gradient is 11.000 x the expected one, N = 11: divide by N'
    """
    return MESSAGES[id].format(**evidence)
