"""What is said of a hidden item: the category of what went wrong, and nothing more.

Every sentence that a student may get has one: of `linclf.course`, of `linclf.diagnosis`, of a
`Failure`. A key that is in no table is that of a wrong value.
"""

from __future__ import annotations

from typing import Any

from linclf.messages import Sentence, catalogue

_CATEGORIES = (
    "right",
    "not_run",
    "not_submitted",
    "load",
    "missing_function",
    "not_written",
    "signature",
    "exception",
    "timeout",
    "memory",
    "output",
    "died",
    "bad_return",
    "shape",
    "dtype",
    "not_finite",
    "mutated",
    "unstable",
    "wrong_value",
    "wrong_gradient",
    "forbidden",
    "requires",
    "tampering",
)

CATEGORIES: dict[str, str] = {
    name: catalogue("en")[f"grading.category.{name}"] for name in _CATEGORIES
}
"""A short English phrase for each category; ``say("grading.category.X")`` has the others."""

_OF_COURSE = {
    "right": ("right", "single", "loop", "step_returns", "tune_again"),
    "not_written": ("not_written", "needs_other"),
    "missing_function": ("not_callable",),
    "signature": ("signature", "order"),
    "exception": ("raised", "raised_at", "shapes", "loss_operands", "batch_lengths"),
    "bad_return": ("returns_none", "pair", "pair_swapped", "count_one", "number", "array",
                   "loss_list", "loss_count", "tune_dict"),
    "shape": ("number_shape", "shape", "shape_transposed", "shape_ones", "shape_summed",
              "shape_broadcast", "f_shape"),
    "dtype": ("dtype", "integers"),
    "not_finite": ("not_finite", "overflow", "underflow", "overflow_or_log", "subgradient_nan"),
    "mutated": ("changes", "not_restored"),
    "unstable": ("not_deterministic",),
    "wrong_gradient": ("gradient_no_factor", "subgradient_zero", "not_sign", "forward", "backward",
                       "not_halved", "not_divided", "gradient_sign", "several_moved",
                       "never_moved", "step_ignored"),
}  # fmt: skip

_OF_DIAGNOSIS = {
    "right": ("verdict_right",),
    "shape": ("shape", "transposed"),
    "dtype": ("integer_gradient", "float32"),
    "not_finite": ("loss_not_finite", "only_not_finite", "no_shift", "log_of_zero"),
    "wrong_gradient": ("last_sample", "sign", "data_sign", "no_correct_class", "no_other_classes",
                       "correct_sign", "correct_once", "no_minus_one", "minus_one_everywhere",
                       "minus_one_in_first_rows", "unnormalised", "terms", "data_factor",
                       "penalty_factor", "terms_softmax", "only_entry", "only_row",
                       "only_bias_row", "only_class", "only_sample", "own_scale", "own_penalty",
                       "own_data", "own_differs"),
}  # fmt: skip

_OF_GRADING = {
    "not_submitted": ("not_submitted",),
    "load": ("load", "load_at", "load_exit"),
    "missing_function": ("missing", "missing_near", "missing_all", "no_function"),
    "signature": ("signature",),
    "not_written": ("not_written",),
    "timeout": ("timeout", "timeout_loading", "processor"),
    "memory": ("memory", "threads"),
    "output": ("output",),
    "bad_return": ("return_large", "return_other"),
    "died": ("died", "exited", "disk"),
    "tampering": ("tampering",),
}

_BY_KEY = {
    f"{family}.{key}": category
    for family, table in (
        ("course", _OF_COURSE),
        ("diagnosis", _OF_DIAGNOSIS),
        ("grading", _OF_GRADING),
    )
    for category, keys in table.items()
    for key in keys
}


def category_of(told: str | Sentence) -> str:
    """Return the category of a sentence of `linclf.course`, `linclf.diagnosis` or of a failure.

    Parameters
    ----------
    told : str or Sentence
        Its key. Of a sentence with another inside ("looks like ..."), the inner one counts.

    Returns
    -------
    str
        A key of `CATEGORIES`; "wrong_value" if nothing more particular is known.

    Examples
    --------
    >>> category_of("course.changes"), category_of("diagnosis.gradient_sum")
    ('mutated', 'wrong_gradient')
    """
    if isinstance(told, Sentence):
        inside: Any = told.values.get("sentence")
        return category_of(inside if isinstance(inside, Sentence) else told.key)
    family, _, key = told.partition(".")
    if family == "grading" and key.startswith("category."):
        return key.removeprefix("category.")
    particular = _BY_KEY.get(told)
    if particular is None and family == "diagnosis" and "gradient" in key:
        return "wrong_gradient"
    return particular or "wrong_value"
