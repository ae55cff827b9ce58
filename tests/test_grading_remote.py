"""Functions in a cell behave like local ones, and whatever happens there becomes a failure."""

import inspect
import os
from dataclasses import replace
from pathlib import Path

import course_mistakes
import numpy as np
import pytest
from course_solutions import SOLUTIONS
from grading_cells import PATIENT, failure_of, remote, tiers
from linclf import course
from linclf.course.student import Wrong
from linclf.grading import LocalStudent, Tier, category_of, failures
from linclf.grading.student.claims import Described

HERE = Path(__file__).parent
STYLES = [(name, function) for name, styles in SOLUTIONS.items() for function in styles]

# The mutants of the package are no source of a student: these stand for them.
_WRONG = """
import numpy as np


def hinge(W, X, y, reg, count=1.0, penalty=2.0):
    rows = np.arange(len(X))
    S = X @ W
    margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    margins[rows, y] = 0
    B = (margins > 0).astype(float)
    B[rows, y] = -B.sum(axis=1) * count
    return margins.sum() / len(X) + reg * (W**2).sum(), X.T @ B / len(X) + penalty * reg * W


def no_penalty(W, X, y, reg):
    return hinge(W, X, y, reg, penalty=0.0)


def half_penalty(W, X, y, reg):
    return hinge(W, X, y, reg, penalty=1.0)


def no_true_class(W, X, y, reg):
    return hinge(W, X, y, reg, count=0.0)


def sum_over_samples(W, X, y, reg):
    loss, dW = hinge(W, X, y, reg)
    return loss, len(X) * (dW - 2 * reg * W) + 2 * reg * W


def spoils_weights(W, X, y, reg):
    W *= 2.0
    return hinge(W, X, y, reg)


def kept(W, X, y, reg, _before=[]):
    _before.append(0)
    loss, dW = hinge(W, X, y, reg)
    return loss + len(_before), dW


def single(W, X, y, reg):
    loss, dW = hinge(W, X, y, reg)
    return loss, dW.astype(np.float32)


def column(W, X, y, reg):
    return X @ W, W
"""


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LINCLF_LANG", "en")


@pytest.fixture(scope="module", params=tiers(), ids=lambda tier: tier.name)
def solved(request):
    with remote({"s.py": (HERE / "course_solutions.py").read_bytes()}, tier=request.param) as one:
        yield one


MISTAKES = [
    (name, function)
    for name, function, key in course_mistakes.MISTAKES
    if inspect.isfunction(function) and not function.__qualname__.startswith("_of_mutant")
]


@pytest.fixture(scope="module")
def mistaken():
    """The wrong solutions of the course, under names of their own in one submission."""
    text = (HERE / "course_mistakes.py").read_text(encoding="utf-8")
    text = text.replace("import linclf\n", "\n").replace(
        '    wrong = linclf.mutants.get(f"{mutant[0]}/{mutant[1]}")', "    return"
    )
    names = [f"{name}__{function.__name__}" for name, function in MISTAKES]
    text += "\n_FOUND = {f'{n}__{f.__name__}': f for n, f, _ in MISTAKES}\n"
    text += "".join(f"{name} = _FOUND[{name!r}]\n" for name in names)
    solutions = (HERE / "course_solutions.py").read_bytes()
    files = {"course_mistakes.py": text, "course_solutions.py": solutions}
    with remote(files, wanted=names) as one:
        yield one


@pytest.mark.parametrize(("name", "function"), STYLES, ids=[f.__name__ for _, f in STYLES])
def test_right_solutions_of_every_exercise_are_right(solved, name, function):
    found = course.check(name, solved.function(function.__name__), 1)
    assert found, repr(found)
    assert found.notes == course.check(name, function, 1).notes


@pytest.mark.parametrize(
    ("name", "function"), MISTAKES, ids=[f"{n}-{f.__name__}" for n, f in MISTAKES]
)
def test_wrong_solutions_get_the_same_sentences_as_local_ones(mistaken, name, function):
    there = course.check(name, mistaken.function(f"{name}__{function.__name__}"))
    here = course.check(name, function)
    assert there.ids == here.ids
    assert there.ids
    assert str(there.mistakes[0]) == str(here.mistakes[0])


@pytest.fixture(scope="module")
def wrong():
    with remote({"wrong.py": _WRONG}) as one:
        yield one


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("no_penalty", "diagnosis.no_penalty_gradient"),
        ("half_penalty", "diagnosis.half_penalty_gradient"),
        ("no_true_class", "diagnosis.no_correct_class"),
        ("sum_over_samples", "diagnosis.gradient_sum"),
        ("spoils_weights", "course.changes"),
        ("kept", "course.not_deterministic"),
        ("column", "course.number_shape"),
    ],
)
def test_mistakes_are_diagnosed_from_outside_as_from_inside(wrong, name, key):
    scope = {}
    exec(compile(_WRONG, "wrong.py", "exec"), scope)
    there = course.check("hinge_vectorized", wrong.function(name))
    here = course.check("hinge_vectorized", scope[name])
    assert there.ids == here.ids
    assert there.ids[0] == key


def test_float32_results_stay_float32(wrong):
    W, X, y = np.ones((3, 2)), np.ones((4, 3)), np.array([0, 1, 0, 1])
    assert wrong.single(W, X, y, 0.1)[1].dtype == np.float32
    found = course.check("hinge_vectorized", wrong.single)
    assert found.ids == course.check("hinge_vectorized", _local(_WRONG).single).ids


def _local(source):
    return LocalStudent({"wrong.py": source.encode()})


# -------------------------------------------------------------------- what goes in and out


@pytest.fixture(scope="module")
def echo():
    source = """
        import numpy as np
        def same(x): return x
        def flags(x): return x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable
        def strides(x): return x.strides
        def draw(rng): return rng.normal(size=3)
        def call(f, *operands, **named): return f(*operands, **named)
        def caught(f):
            try:
                f()
            except ValueError as error:
                return "caught " + str(error)
        def caught_all(f):
            try:
                f()
            except BaseException:
                return "caught"
        def fill(x): x[...] = 7
        def resize(x): x.shape = -1
        def unlock(x):
            x.flags.writeable = True
            x[...] = 7
        def both(f, g, x): return f(g(x))
        def twice(x): return 2 * x
        def many(n): return [float(i) for i in range(n)]
        def rows(n): return [[1.0] * 5 for i in range(n)]
        def cycle():
            x = []
            x.append(x)
            return x
    """
    with remote(source) as one:
        yield one


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -(2**63), 2.5, 1e-320, -0.0, float("inf"), "text", "\u00e4", (), [], {},
     (1, (2.0, [None])), {(0.1, 2): (0.5, 0.25), "a": [1]}, [0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4, 5]],
)  # fmt: skip
def test_plain_values_come_back_as_they_went(echo, value):
    found = echo.same(value)
    assert found == value
    assert repr(found) == repr(value)


def test_not_a_number_comes_back(echo):
    found = echo.same([float("nan"), 1.0])
    assert type(found[0]) is float
    assert np.isnan(found[0])


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1", "?"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3), (1, 2, 3, 4)])
def test_arrays_come_back_with_dtype_and_shape(echo, dtype, shape):
    array = np.asarray(np.arange(np.prod(shape, dtype=int)).reshape(shape) % 2, dtype)
    found = echo.same(array)
    assert type(found) is np.ndarray
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert np.array_equal(found, array)
    assert found.flags.writeable


def test_arrays_lie_in_memory_as_ours_do(echo):
    array = np.arange(12.0).reshape(3, 4)
    spaced = np.zeros((6, 4))[::-2]
    frozen = array.copy()
    frozen.flags.writeable = False
    for one in (array, np.asfortranarray(array), spaced, frozen):
        assert echo.flags(one) == (
            one.flags.c_contiguous,
            one.flags.f_contiguous,
            one.flags.writeable,
        )
    assert echo.strides(spaced) == spaced.strides


def test_numpy_scalars_keep_their_type(echo):
    for value in (np.float64(0.5), np.float32(0.5), np.int64(3), np.bool_(True)):
        found = echo.same(value)
        assert type(found) is type(value)
        assert found == value


def test_a_generator_advances_here_as_it_does_there(echo):
    ours, twin = np.random.default_rng(3), np.random.default_rng(3)
    assert np.array_equal(echo.draw(ours), twin.normal(size=3))
    assert ours.bit_generator.state == twin.bit_generator.state
    assert np.array_equal(echo.draw(ours), twin.normal(size=3))


def test_a_list_of_many_numbers_does_not_fill_the_header(echo):
    assert echo.many(50_000) == list(range(50_000))
    assert echo.rows(50) == [[1.0] * 5] * 50


def test_what_is_too_large_for_a_frame_is_a_bad_return(echo):
    for call, operands in ((echo.many, [100_000]), (echo.rows, [5000]), (echo.cycle, [])):
        assert failure_of(failures.BadReturn, call, *operands).category == "bad_return"


def test_what_cannot_be_sent_is_refused_here(echo):
    with pytest.raises(TypeError, match="a set cannot be sent"):
        echo.same({1})
    with pytest.raises(TypeError, match="dtype complex128"):
        echo.same(np.zeros(2, complex))
    with pytest.raises(TypeError, match="default_rng"):
        echo.same(np.random.Generator(np.random.MT19937(0)))
    assert echo.same(1) == 1


def test_arrays_that_are_changed_there_are_changed_here(echo):
    for array in (np.zeros((2, 3)), np.zeros((2, 3), order="F"), np.zeros((4, 3))[::-2]):
        echo.fill(array)
        assert (array == 7).all()


def test_a_read_only_array_is_protected_there_as_well(echo):
    frozen = np.zeros(3)
    frozen.flags.writeable = False
    raised = failure_of(failures.StudentException, echo.fill, frozen)
    assert raised.base == "ValueError"
    echo.unlock(frozen)  # which nothing can prevent: it is seen
    assert (frozen == 7).all()
    assert not frozen.flags.writeable


# -------------------------------------------------------------------- callbacks


def test_callbacks_get_plain_operands_and_names(echo):
    def ours(x, *rest, **named):
        assert type(x) is np.ndarray
        return x.sum(), rest, named

    assert echo.call(ours, np.ones(3), 2, c=[1]) == (3.0, (2,), {"c": [1]})


def test_a_function_of_the_submission_can_be_an_operand_of_another(echo):
    assert echo.both(echo.twice, lambda x: x + 1, 3) == 8


def test_an_exception_of_a_callback_can_be_caught_there(echo):
    def ours():
        raise ValueError("so it is")

    assert echo.caught(ours) == "caught so it is"
    raised = failure_of(failures.StudentException, echo.call, ours)
    assert (raised.type, raised.text, raised.base) == ("ValueError", "so it is", "ValueError")
    assert raised.line == 7


def test_what_a_callback_finds_wrong_ends_the_call_whatever_the_submission_catches(echo):
    def ours():
        raise Wrong(failures.say("course.loss_operands"))

    for call in (echo.call, echo.caught_all):
        with pytest.raises(Wrong, match="loss"):
            call(ours)
    assert echo.same(1) == 1


def test_a_call_of_a_busy_submission_is_refused(echo):
    with pytest.raises(failures.StudentException, match="busy"):
        echo.call(lambda: echo.twice(1))


# -------------------------------------------------------------------- odd results


@pytest.fixture(scope="module")
def odd():
    source = """
        import decimal
        import numpy as np

        class Float(float):
            def __float__(self): return 0.0
            def __eq__(self, other): return True
            __hash__ = None

        class Array(np.ndarray):
            def __array__(self, *a, **k): raise SystemExit
            def __array_ufunc__(self, *a, **k): return np.zeros(3)

        class Always:
            def __eq__(self, other): return True
            def __array__(self, *a, **k): return np.zeros(3)

        class Liar(list):
            def __iter__(self): raise SystemExit
            def __len__(self): return 10 ** 9

        def subclass(): return np.arange(3.0).view(Array)
        def masked(): return np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])
        def matrix(): return np.matrix([[1.0, 2.0]])
        def half(): return np.ones(3, np.float16)
        def extended(): return np.ones(3, np.longdouble)
        def swapped(): return np.ones(3, ">f8")
        def unsigned(): return np.ones(3, np.uint16)
        def float_subclass(): return Float(0.5)
        def list_subclass(): return Liar([1.0, 2.0])
        def integer(): return 10 ** 30
        def imaginary(): return np.ones((2, 3), complex)
        def objects(): return np.array([None, {}])
        def texts(): return np.array(["a", "b"])
        def deep(): return np.ones((1,) * 6)
        def number(): return decimal.Decimal("0.5")
        def generator(): return (i for i in range(3))
        def always(): return Always()
        def function(): return lambda: 1
        def large(): return np.zeros((20000, 20000), np.int8)
        def scalar(): return np.complex128(1)
        def kind(): return type("x" * 10 ** 6, (), {})()
    """
    with remote(source) as one:
        yield one


@pytest.mark.parametrize(
    ("name", "dtype", "values"),
    [
        ("subclass", "f8", [0, 1, 2]),
        ("masked", "f8", [1, 2, 3]),
        ("matrix", "f8", [[1, 2]]),
        ("half", "f4", [1, 1, 1]),
        ("extended", "f8", [1, 1, 1]),
        ("swapped", "f8", [1, 1, 1]),
        ("unsigned", "i8", [1, 1, 1]),
    ],
)
def test_arrays_of_all_kinds_become_plain_ones(odd, name, dtype, values):
    found = odd.function(name)()
    assert type(found) is np.ndarray
    assert found.dtype == dtype
    assert found.tolist() == values


def test_subclasses_of_numbers_and_lists_become_plain_ones(odd):
    assert type(odd.float_subclass()) is float
    assert odd.float_subclass() == 0.5
    assert odd.list_subclass() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("imaginary", "complex128", (2, 3)),
        ("objects", "object", (2,)),
        ("texts", "U1", (2,)),
        ("deep", "float64", (1,) * 6),
    ],
)
def test_arrays_of_odd_dtypes_arrive_as_their_dtype_and_shape(odd, name, dtype, shape):
    found = odd.function(name)()
    assert found.dtype == dtype
    assert found.shape == shape


@pytest.mark.parametrize(
    ("name", "kind"),
    [("number", "Decimal"), ("generator", "generator"), ("always", "Always"), ("integer", "int"),
     ("function", "function"), ("scalar", "complex128"), ("kind", "x" * 80)],
)  # fmt: skip
def test_what_cannot_travel_arrives_as_the_name_of_its_type(odd, name, kind):
    found = odd.function(name)()
    assert isinstance(found, Described)
    assert type(found).__name__ == kind
    for use in (float, np.asarray, len, list):
        assert failure_of(failures.BadReturn, use, found).category == "bad_return"
    if name == "number":
        checked = course.check("hinge_sample", lambda s, y, delta=1.0: found)
        assert str(checked.mistakes[0]) == "the loss must be a number, not Decimal"


def test_a_result_beyond_the_cap_never_arrives(odd):
    raised = failure_of(failures.BadReturn, odd.large)
    assert "(20000, 20000)" in str(raised)


# -------------------------------------------------------------------- failures

_FAILING = r"""
    import os, signal, sys, time, threading
    import numpy as np
    def divide(x):
        y = 2
        return x / np.zeros(3) @ np.zeros((2, 2))
    def unwritten(): raise NotImplementedError("Exercise 1.2: hinge_loops")
    def leave(): sys.exit(0)
    def interrupt(): raise KeyboardInterrupt
    def generator_exit(): raise GeneratorExit
    def recurse(): return recurse()
    def odd_error():
        class Odd(KeyError):
            def __str__(self): raise SystemExit
        raise Odd
    def escape(): raise ValueError("\x1b[31mred\x00" + "x" * 10 ** 6)
    def surrogate(): raise ValueError("\ud800")
    def forever():
        while True: pass
    def swallow():
        while True:
            try:
                while True: time.sleep(1)
            except BaseException: pass
    def memory(): return [np.ones(1 << 27) for i in range(100)]
    def flood():
        while True: print("x" * 1000)
    def vanish(): os._exit(0)
    def segfault(): os.kill(os.getpid(), signal.SIGSEGV)
    def garbage():
        for fd in range(200):
            try: os.write(fd, b"\xff" * 64)
            except OSError: pass
        return 1.0
    def huge():
        os.write(4, b"\xff\xff\xff\xff")
        os._exit(0)
    def forged(number):
        import json
        value = {"tuple": [42, {"dict": []}, {"dict": []}]}
        header = json.dumps({"kind": "returned", "number": number, "value": value,
            "arrays": []}).encode()
        os.write(4, len(header).to_bytes(4, "big") + header)
        return 1
    def state(_calls=[]):
        _calls.append(0)
        return len(_calls)
    def f(a, b=2.0, *rest, c, **named): return a
    def say(text): print(text); return 1
    value = 3
"""


@pytest.fixture(scope="module", params=tiers(), ids=lambda tier: tier.name)
def failing(request):
    limits = replace(PATIENT, seconds=3.0, memory=1 << 30)
    with remote(_FAILING, tier=request.param, limits=limits) as one:
        yield one


def test_an_exception_tells_line_and_source_of_the_students_own_file(failing):
    raised = failure_of(failures.StudentException, failing.divide, 1.0)
    assert raised.category == "exception"
    assert (raised.type, raised.base) == ("ValueError", "ValueError")
    assert (raised.file, raised.line) == ("homework.py", 6)
    assert raised.source == "return x / np.zeros(3) @ np.zeros((2, 2))"
    assert "in line 6, `return x / np.zeros(3) @" in str(raised)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("leave", "SystemExit"), ("interrupt", "KeyboardInterrupt"), ("recurse", "RecursionError"),
     ("generator_exit", "GeneratorExit"), ("odd_error", "Odd")],
)  # fmt: skip
def test_whatever_is_raised_is_told(failing, name, kind):
    before = failing.restarts
    raised = failure_of(failures.StudentException, failing.function(name))
    assert raised.type == kind
    assert raised.line > 0
    assert failing.state() >= 1
    assert failing.restarts == before


def test_text_of_a_student_is_cleaned_and_cut(failing):
    raised = failure_of(failures.StudentException, failing.escape)
    assert raised.text.startswith(" [31mred x")
    assert len(raised.text) <= failures.LONGEST
    assert failure_of(failures.StudentException, failing.surrogate).text == "?"


def test_what_is_not_written_is_no_exception(failing):
    raised = failure_of(failures.NotWritten, failing.unwritten)
    assert raised.category == "not_written"
    assert "Exercise 1.2: hinge_loops" in str(raised)


def test_the_course_knows_that_it_is_not_written():
    stub = course.stub("hinge_loops")
    with remote(stub) as one:
        found = course.check("hinge_loops", one.hinge_loops)
    assert found.ids == ("course.not_written",)


@pytest.mark.parametrize(
    ("name", "kind", "category"),
    [
        ("forever", failures.Timeout, "timeout"),
        ("swallow", failures.Timeout, "timeout"),
        ("memory", failures.LimitHit, "memory"),
        ("flood", failures.LimitHit, "output"),
        ("vanish", failures.ChildDied, "died"),
        ("segfault", failures.ChildDied, "died"),
        ("garbage", failures.Tampering, "tampering"),
        ("huge", failures.Failure, None),
    ],
)
def test_what_ends_a_call_is_classified_and_the_next_call_works(failing, name, kind, category):
    raised = failure_of(kind, failing.function(name))
    assert category in (None, raised.category)
    assert raised.category in failures.CATEGORIES
    assert category_of(raised.sentences[0]) == raised.category
    assert failing.state() >= 1


def test_a_forged_reply_only_chooses_its_own_answer(failing):
    failing.fresh()
    assert failing.forged(1) == 42
    assert failure_of(failures.Tampering, failing.state).category == "tampering"
    assert failing.state() == 1
    assert failure_of(failures.Tampering, failing.forged, 10**6).category == "tampering"


def test_a_new_cell_knows_nothing_of_earlier_calls(failing):
    failing.fresh()
    assert [failing.state(), failing.state()] == [1, 2]
    failing.fresh()
    assert failing.state() == 1


def test_functions_tell_their_parameters(failing):
    signature = inspect.signature(failing.f)
    assert str(signature) == "(a, b=2.0, *rest, c, **named)"
    assert failing.f.__name__ == "f"
    assert "value" not in failing.functions
    raised = failure_of(failures.BadSignature, failing.f, 1)
    assert raised.category == "signature"
    assert "(a, b=2.0, *rest, c, **named)" in str(raised)


def test_a_missing_function_names_a_near_one(failing):
    raised = failure_of(failures.MissingFunction, failing.function, "devide")
    assert str(raised) == "there is no function devide, but there is divide: rename it"
    with pytest.raises(failures.MissingFunction, match="there are divide, unwritten"):
        failing.function("zzz")
    with (
        remote(_FAILING, wanted=["value"]) as one,
        pytest.raises(failures.MissingFunction, match="value is no function, but a int"),
    ):
        one.function("value")


def test_what_is_printed_is_kept_apart(failing):
    failing.say("a text that nobody parses")
    assert "a text that nobody parses" in failing.output


# -------------------------------------------------------------------- loading


def test_no_file_is_nothing_handed_in():
    with remote({"notes.txt": "x"}) as one:
        assert failure_of(failures.NotSubmitted, one.function, "f").category == "not_submitted"


def test_a_cell_that_dies_while_loading_is_tried_twice_only():
    with remote("import os; os._exit(3)") as one:
        for _ in range(4):
            raised = failure_of(failures.ChildDied, one.function, "f")
            assert "code 3" in str(raised)
        assert one.restarts == 1


def test_loading_has_a_deadline_of_its_own():
    limits = replace(PATIENT, load_seconds=5.0)
    with remote("while True: pass", limits=limits) as one:
        raised = failure_of(failures.Timeout, one.function, "f")
    assert raised.category == "timeout"
    assert "loading" in str(raised)


def test_a_problem_of_loading_is_told_for_every_function():
    with remote("def f(): return 1\n1/0\n") as one:
        assert one.f() == 1  # what was defined before can be graded
        raised = failure_of(failures.LoadFailed, one.function, "g")
    assert raised.category == "load"
    assert "ZeroDivisionError in line 2" in str(raised)


def test_garbage_while_loading_is_tampering():
    with remote("import os; os.write(4, b'x' * 100)\ndef f(): return 1") as one:
        assert failure_of(failures.Tampering, one.function, "f").category == "tampering"


def test_processor_time_is_counted():
    with remote("def f():\n    for i in range(10 ** 6): pass\n") as one:
        one.f()
        one.close()
        assert one.cpu_seconds > 0.0


def test_no_process_and_no_folder_is_left_behind(tmp_path, monkeypatch):
    with remote("def f(): return 1") as one:
        one.f()
        folder, pid = one._cell.folder, one._cell.pid
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_locked_cell_sees_neither_the_package_nor_the_tests():
    best = tiers()[-1]
    if best < Tier.T2:
        pytest.skip("this machine has no tier beyond T1")
    source = f"""
        def seen():
            found = []
            for name in ("linclf", "pytest", "course_solutions"):
                try:
                    __import__(name)
                    found.append(name)
                except ImportError: pass
            try:
                open({str(HERE / "course_solutions.py")!r})
                found.append("open")
            except OSError: pass
            return found
    """
    with remote(source, tier=best) as one:
        assert one.seen() == []
