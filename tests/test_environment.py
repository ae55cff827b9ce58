"""What the environment of the process sets: threads and instruction set; what stays its own."""

import os

import pytest
from linclf import _linclf
from processes import WORK, run

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a POSIX system")


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"LINCLF_NUM_THREADS": "3", "OMP_NUM_THREADS": "5"}, "3"),
        ({"OMP_NUM_THREADS": "5"}, "5"),
        ({"OMP_NUM_THREADS": "4,2"}, "4"),
    ],
)
def test_the_environment_sets_the_default_number_of_threads(env, expected):
    without = {"LINCLF_NUM_THREADS": None, "OMP_NUM_THREADS": None}
    script = "from linclf import _linclf; print(_linclf.default_threads())"
    assert run(script, **(without | env)).strip() == expected


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs sched_setaffinity")
def test_the_default_number_of_threads_is_that_of_usable_cpus():
    script = """
    import os
    from linclf import _linclf
    print(_linclf.default_threads() == len(os.sched_getaffinity(0)))
    """
    without = {"LINCLF_NUM_THREADS": None, "OMP_NUM_THREADS": None}
    assert run(script, **without) == "True\n"
    pinned = "\n    import os\n    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})" + script
    assert run(pinned, **without) == "True\n"


@pytest.mark.parametrize("name", _linclf.isas())
def test_linclf_cpu_selects_the_instruction_set(name):
    script = "from linclf import _linclf; print(_linclf.isa())"
    assert run(script, LINCLF_CPU=name) == f"{name}\n"


def test_the_best_instruction_set_is_the_default():
    script = "from linclf import _linclf; print(_linclf.isa() == _linclf.isas()[-1])"
    assert run(script, LINCLF_CPU=None) == "True\n"
    assert run(script, LINCLF_CPU="") == "True\n"


def test_linclf_cpu_of_an_unknown_name_is_refused_with_the_names_there_are():
    script = """
    try:
        import linclf
    except ImportError as error:
        print(error)
    """
    message = run(script, LINCLF_CPU="nonsense")
    for word in ("LINCLF_CPU", "nonsense", *_linclf.isas()):
        assert word in message


@posix
def test_the_rounding_mode_and_flags_of_the_process_stay_as_they_are():
    script = (
        WORK
        + """
    import ctypes, ctypes.util
    libm = ctypes.CDLL(ctypes.util.find_library("m"))
    expected = bits()
    assert libm.fegetround() == 0
    assert 5e-324 * 1.0 != 0
    upward = 0x800
    assert libm.fesetround(upward) == 0
    bits()
    assert libm.fegetround() == upward
    libm.fesetround(0)
    assert bits() == expected
    """
    )
    run(script)
