"""`linclf.compat.install` gives modules under the names of a course, and takes them away again."""

import importlib
import sys

import numpy as np
import pytest
from compat_course import installed
from linclf import compat
from linclf.compat._shared import importing
from linclf.compat.cs231n import softmax as ours
from processes import run

OWN = ("cs231n", "dlcourse", "ecbm4040", "modern_dl")
NEEDS_TORCH = ("technion", "umich")


@pytest.fixture(autouse=True)
def _clean():
    yield
    compat.uninstall()


def test_the_courses_are_listed():
    assert set(OWN) <= set(compat.courses())
    assert not any(name.startswith("_") for name in compat.courses())


@pytest.mark.parametrize("course", compat.courses())
def test_every_name_of_the_table_can_be_imported_and_holds_what_its_module_holds(course):
    table = importlib.import_module(f"linclf.compat.{course}").MODULES
    if course in NEEDS_TORCH:
        pytest.importorskip("torch")
    with installed(course):
        for name, target in table.items():
            module, source = importlib.import_module(name), importlib.import_module(target)
            assert module.__name__ == name
            assert module.__doc__ == source.__doc__
            for public in getattr(source, "__all__", ()):
                assert getattr(module, public) is getattr(source, public)
        parents = {name.partition(".")[0] for name in table}
        assert all(parent in sys.modules for parent in parents)
    assert not parents & set(sys.modules)


@pytest.mark.parametrize("course", compat.courses())
def test_a_course_says_what_it_covers(course):
    assert len(importlib.import_module(f"linclf.compat.{course}").__doc__) > 200


def test_without_install_there_is_no_such_module():
    with pytest.raises(ImportError):
        importlib.import_module("cs231n")
    with installed("cs231n"):
        importlib.import_module("cs231n.classifiers.softmax")
    with pytest.raises(ImportError):
        importlib.import_module("cs231n.classifiers.softmax")
    assert importing._finder not in sys.meta_path


def test_all_ways_of_importing_work():
    with installed("cs231n"):
        import cs231n
        import cs231n.classifiers.linear_svm as direct
        from cs231n import classifiers
        from cs231n.classifiers import linear_svm

        assert cs231n.classifiers is classifiers
        assert cs231n.classifiers.linear_svm is linear_svm is direct
        assert importlib.reload(linear_svm) is linear_svm
        assert classifiers.svm_loss_naive is linear_svm.svm_loss_naive


def test_installing_twice_is_installing_once():
    compat.install("cs231n")
    module = importlib.import_module("cs231n.layers")
    compat.install("cs231n")
    assert importlib.import_module("cs231n.layers") is module
    assert sys.meta_path.count(importing._finder) == 1
    compat.uninstall("cs231n")
    compat.uninstall("cs231n")
    assert "cs231n" not in sys.modules


def test_uninstalling_one_course_leaves_the_other():
    with installed("cs231n", "dlcourse"):
        importlib.import_module("cs231n.layers")
        compat.uninstall("cs231n")
        assert "cs231n.layers" not in sys.modules
        importlib.import_module("linear_classifer")
        assert np.float is float


@pytest.mark.parametrize(
    ("wrong", "guess"),
    [("cs231", "'cs231n'"), ("CS231N", "'cs231n'"), ("dlcourse_ai", "'dlcourse'"), ("x", None)],
)
def test_a_wrong_name_lists_the_courses(wrong, guess):
    with pytest.raises(ValueError, match=f"There is no course '{wrong}'") as caught:
        compat.install(wrong)
    assert all(course in str(caught.value) for course in compat.courses())
    assert ("Did you mean" in str(caught.value)) == (guess is not None)
    if guess is not None:
        assert guess in str(caught.value)
    with pytest.raises(ValueError, match="There is no course"):
        compat.uninstall(wrong)


def test_a_course_is_named_by_a_string():
    with pytest.raises(TypeError, match="course is a int; pass a name such as 'cs231n'"):
        compat.install(231)


def test_a_module_that_was_imported_before_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "metrics.py").write_text("mine = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    mine = importlib.import_module("metrics")
    try:
        with pytest.raises(ImportError, match=r"metrics was already imported from .*metrics\.py"):
            compat.install("dlcourse")
        assert sys.modules["metrics"] is mine
        assert importing.installed() == ()
    finally:
        del sys.modules["metrics"]


def test_a_folder_of_the_course_is_named_in_a_warning_and_keeps_its_other_modules(
    tmp_path, monkeypatch
):
    folder = tmp_path / "cs231n" / "classifiers"
    folder.mkdir(parents=True)
    for name in ("__init__.py", "classifiers/__init__.py"):
        (tmp_path / "cs231n" / name).write_text("")
    (folder / "softmax.py").write_text("mine = True\nsoftmax_loss_naive = 'mine'\n")
    (tmp_path / "cs231n" / "layers.py").write_text(
        "import os\nfolder = os.path.dirname(__file__)\nsvm_loss = 'mine'\n"
        "def two_losses(): return svm_loss, softmax_loss\n"
    )
    (tmp_path / "cs231n" / "optim.py").write_text("__all__ = ['adam']\nadam = hidden = 1\n")
    (tmp_path / "cs231n" / "data_utils.py").write_text("print 'Python 2'\n")
    (folder / "k_nearest_neighbor.py").write_text("mine = True\n")
    (tmp_path / "cs231n" / "solver.py").write_text("mine = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.warns(UserWarning, match=r"__init__.py is also called cs231n; .*uninstall") as got:
        compat.install("cs231n")
    assert len(got) == 1
    assert got[0].filename == __file__
    compat.install("cs231n")
    softmax = importlib.import_module("cs231n.classifiers.softmax")
    assert softmax.mine
    assert softmax.softmax_loss_naive is ours.softmax_loss_naive
    layers, everything = importlib.import_module("cs231n.layers"), {}
    assert layers.two_losses() == (layers.svm_loss, layers.softmax_loss)
    assert layers.svm_loss.__module__ == "linclf.compat.cs231n.layers"
    assert layers.folder == str(tmp_path / "cs231n")
    exec("from cs231n.layers import *\nfrom cs231n.optim import *", everything)
    assert {"svm_loss", "softmax_loss", "two_losses", "folder", "sgd", "adam"} <= set(everything)
    assert "hidden" not in everything
    with pytest.warns(UserWarning, match=r"data_utils\.py does not run \(SyntaxError"):
        assert importlib.import_module("cs231n.data_utils").load_CIFAR10
    assert importlib.import_module("cs231n.classifiers.k_nearest_neighbor").mine
    assert importlib.import_module("cs231n.solver").mine
    for name in ("cs231n.classifiers.k_nearest_neighbor", "cs231n.solver"):
        del sys.modules[name]
    compat.uninstall("cs231n")
    assert importlib.import_module("cs231n.classifiers.softmax").mine
    for name in [name for name in sys.modules if name.partition(".")[0] == "cs231n"]:
        del sys.modules[name]


def test_a_folder_with_data_alone_is_no_reason_to_warn(tmp_path, monkeypatch):
    (tmp_path / "cs231n" / "datasets").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    with installed("cs231n"):
        importlib.import_module("cs231n.data_utils")


def test_names_of_two_courses_do_not_mix(monkeypatch):
    monkeypatch.setitem(importing._finder.courses, "another", {"lib.data_utils": "linclf"})
    with pytest.raises(ImportError, match=r"another is installed.*uninstall\('another'\) before"):
        compat.install("modern_dl")
    assert importing.installed() == ("another",)


# --------------------------------------------------------------------------- bridges


def test_old_names_of_numpy_are_there_while_a_course_is_installed():
    before = dict(vars(np))
    with installed("dlcourse"):
        assert np.array([1.5]).astype(np.int).dtype == np.int64
        assert np.ones(2, np.float).dtype == np.float64
        assert np.zeros(1, np.bool).dtype == np.bool_
        assert (np.float_, np.Inf, np.product([2, 3])) == (np.float64, np.inf, 6)
        assert all(vars(np)[name] is value for name, value in before.items())
    assert set(vars(np)) == set(before)
    assert not hasattr(np, "float")


def test_a_name_that_a_user_has_set_is_left_alone(monkeypatch):
    monkeypatch.setattr(np, "int", "mine", raising=False)
    with installed("dlcourse"):
        assert np.int == "mine"
    assert np.int == "mine"


def test_modules_of_python_2_are_there_while_a_course_is_installed():
    with installed("cs231n"):
        from past.builtins import basestring, xrange
        from six.moves import cPickle, zip

        assert list(zip(xrange(2), "ab")) == [(0, "a"), (1, "b")]
        assert basestring is str
        assert cPickle.loads(cPickle.dumps(3)) == 3
    assert "past" not in sys.modules


def test_images_are_read_as_scipy_did(tmp_path):
    pytest.importorskip("scipy")
    pytest.importorskip("PIL")
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    with installed("cs231n"):
        from scipy.misc import imread, imresize, imsave

        imsave(tmp_path / "image.png", image)
        np.testing.assert_array_equal(imread(tmp_path / "image.png"), image)
        assert imread(tmp_path / "image.png", mode="L").shape == (4, 4)
        assert imread(tmp_path / "image.png", flatten=True).dtype == np.float32
        assert imresize(image, (2, 8)).shape == (2, 8, 3)
        assert imresize(image, 50).shape == imresize(image, 0.5).shape == (2, 2, 3)
    assert "scipy.misc" not in sys.modules


def test_magic_commands_may_have_their_blank_in_ipython():
    pytest.importorskip("IPython")
    pytest.importorskip("matplotlib")
    script = """
    import linclf
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    run = lambda cell: shell.run_cell(cell).success
    cell = "% matplotlib --list\\n% load_ext autoreload\\n% autoreload 2"
    linclf.compat.install("ecbm4040")
    assert run(cell)
    assert run("from ecbm4040.classifiers import linear_svm\\n% autoreload")
    assert run("assert 7 % 4 == 3")
    linclf.compat.install("dlcourse")
    linclf.compat.uninstall()
    assert linclf.compat._shared.bridges.without_blanks not in shell.input_transformers_cleanup
    print("done")
    """
    assert run(script).endswith("done\n")


def test_importing_linclf_changes_nothing_and_installing_stays_light():
    script = """
    import sys
    import numpy as np, linclf
    assert "linclf.compat" not in sys.modules
    assert not hasattr(np, "int")
    for course in ("cs231n", "dlcourse", "modern_dl", "ecbm4040"):
        linclf.compat.install(course)
        linclf.compat.uninstall(course)
    linclf.compat.install("cs231n")
    import cs231n.classifiers, cs231n.features
    heavy = {"matplotlib", "scipy", "sklearn", "torch", "PIL"} & set(sys.modules)
    assert not heavy, heavy
    """
    run(script)
