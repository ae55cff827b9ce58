"""What the environment says about how the course is run."""

from __future__ import annotations

import os


def fast() -> bool:
    """Tell whether notebooks should take small sizes, as tests of them want.

    Returns
    -------
    bool
        True if the environment variable ``LINCLF_COURSE_FAST`` is set to anything but 0.

    Examples
    --------
    >>> n_steps = 50 if linclf.course.fast() else 2000
    """
    return os.environ.get("LINCLF_COURSE_FAST", "0") not in ("", "0")
