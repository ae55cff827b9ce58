"""What is installed is what the sources say: versions, metadata, closed extension modules."""

import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points, metadata, version
from pathlib import Path

import linclf
import pytest
from linclf import _linclf
from notebook_runs import tool

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def project():
    """The table [project] of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def check_wheel():
    """The checks of a wheel that `make dist` makes, as a module."""
    tool()  # check_wheel imports it from beside itself
    spec = importlib.util.spec_from_file_location("check_wheel", ROOT / "tools" / "check_wheel.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_version_is_in_the_sources_the_metadata_and_the_extension(project):
    assert project["version"] == version("linclf") == linclf.__version__ == _linclf.__version__


def test_the_changelog_begins_with_this_version(project):
    headings = re.findall(r"^## \[(.*?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == project["version"]


def test_numpy_is_all_that_is_needed_to_run():
    required = metadata("linclf").get_all("Requires-Dist")
    assert [line for line in required if "extra ==" not in line] == ["numpy>=1.24"]


def test_the_metadata_names_licence_python_and_extras(project):
    found = metadata("linclf")
    assert found["License-Expression"] == "BSD-3-Clause"
    assert found["Requires-Python"] == ">=3.11"
    assert set(found.get_all("Provides-Extra")) == set(project["optional-dependencies"])


def test_the_command_linclf_is_installed():
    (command,) = entry_points(group="console_scripts", name="linclf")
    assert callable(command.load())


def test_the_package_is_typed_and_carries_its_data():
    package = Path(linclf.__file__).parent
    for name in ("py.typed", "_linclf.pyi", "_jail.pyi", "data/digits.npz"):
        assert (package / name).is_file(), name


@pytest.mark.skipif(sys.platform != "linux", reason="looks into an ELF file")
@pytest.mark.skipif(not shutil.which("readelf"), reason="needs readelf of the binutils")
@pytest.mark.parametrize("name", ["_linclf", "_jail"])
def test_the_extensions_are_closed_hardened_and_need_the_c_library_alone(check_wheel, name):
    module = importlib.import_module(f"linclf.{name}")
    problems = list(check_wheel.elf_problems(module.__file__))
    if _linclf.build_info().get("sanitizers"):
        problems = [text for text in problems if "needs ['lib" not in text]
    assert not problems


@pytest.mark.skipif(not shutil.which("objdump"), reason="needs objdump of the binutils")
@pytest.mark.skipif("avx2" not in _linclf.isas(), reason="needs an x86-64 CPU with AVX2")
@pytest.mark.parametrize(
    ("flags", "isa", "clean"),
    [
        ([], "baseline", True),
        (["-mavx2", "-mfma"], "baseline", False),
        (["-mavx2", "-mfma"], "avx2", True),
        (["-mavx512f"], "avx2", False),
    ],
)
def test_an_instruction_beyond_the_instruction_set_is_noticed(tmp_path, flags, isa, clean):
    """The check that ctest runs on every object of the core; here on four lines of C."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("needs a C compiler")
    source, compiled = tmp_path / "add.c", tmp_path / "add.o"
    source.write_text("typedef double v __attribute__((vector_size(64))); v a, b;\n"
                      "void add(void) { a += b; }\n")  # fmt: skip
    subprocess.run([compiler, "-O2", *flags, "-c", source, "-o", compiled], check=True)
    check = [sys.executable, ROOT / "tools" / "check_isa_leak.py", isa, "objdump", compiled]
    found = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (found.returncode == 0) == clean, found.stdout
    assert clean or "add: " in found.stdout


SOURCE = """\
# %% [markdown]
# ## Exercise 1.1

# %% tags=["exercise"]
def answer():
    ### BEGIN SOLUTION
    value = 6 * 7

    return value
    ### END SOLUTION

# %% tags=["check"]
answer()
"""
NAME = "linclf/data/notebooks/01_small.ipynb"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({NAME: "student"}, []),
        ({}, [f"{NAME} is missing"]),
        (
            {NAME: "solution"},
            [f"{NAME} has a solution: value = 6 * 7", f"{NAME} is not what its source says"],
        ),
        ({NAME: "student", "linclf/more.ipynb": "student"}, ["linclf/more.ipynb is a notebook"]),
        ({NAME: "student", "linclf/a.py": "student"}, []),
        ({NAME: "student", "linclf/a.py": None}, ["linclf/a.py has a sol", "linclf/a.py has the"]),
    ],
)
def test_a_solution_in_a_wheel_is_noticed(check_wheel, tmp_path, files, said):
    path = tmp_path / "01_small.py"
    path.write_text(SOURCE)
    source = tool().read(path)
    with zipfile.ZipFile(tmp_path / "wheel.zip", "w") as archive:
        for name, version in files.items():
            made = tool().dumps(tool().notebook(source, version)) if version else SOURCE
            archive.writestr(name, made)
        problems = sorted(check_wheel.notebook_problems(archive, archive.namelist(), tmp_path))
    assert len(problems) == len(said)
    for problem, expected in zip(problems, said, strict=True):
        assert problem.startswith(expected)
