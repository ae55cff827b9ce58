"""Check that a wheel holds what it should and nothing else.

    check_wheel.py <wheel>

The package with its types, data and licence; its extension modules, each of
which needs only the C library, exports only its initialiser, has no executable
stack, no lazily bound or writable tables, and no path of the machine it was
built on.
Every notebook is there as students get it: without a line of a solution. The
hostile submissions are there as they are.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import notebooks

NOTEBOOKS = "linclf/data/notebooks/"
HOSTILE = "linclf/data/hostile/"
NEEDED = {"libc.so.6", "libm.so.6", "libpthread.so.0"} | {
    f"ld-linux-{arch}.so.{n}" for arch, n in (("x86-64", 2), ("aarch64", 1))
}
# The jail is Linux's alone.
MODULES = ("_jail", "_linclf") if sys.platform == "linux" else ("_linclf",)
WANTED = (
    "linclf/py.typed",
    "linclf/_linclf.pyi",
    "linclf/_jail.pyi",
    "linclf/data/digits.npz",
    "linclf/grading/rubric/rubrics/01_multiclass_hinge.toml",
    "licenses/LICENSE",
    "licenses/python/linclf/data/digits.txt",
)


def file_problems(names):
    """Yield what is wrong with the list of files in the wheel."""
    for name in names:
        if not re.match(r"linclf/|linclf_grading/|linclf-[^/]+\.dist-info/", name):
            yield f"{name} is outside the package"
        if re.search(r"(^|/)(tests?|__pycache__)/|\.(c|h|inc|a|pyc)$|(?<!/checks/)reference", name):
            yield f"{name} does not belong in a wheel"
    for wanted in WANTED:
        if not any(name.endswith(wanted) for name in names):
            yield f"there is no {wanted}"
    modules = [name for name in names if re.search(r"\.(so|dylib|pyd)", name)]
    if sorted(module_name(name) for name in modules) != sorted(MODULES):
        yield f"there should be the extension modules {', '.join(MODULES)}, not {modules}"


def module_name(path):
    """Return what an extension module is imported as."""
    return Path(path).name.partition(".")[0]


def notebook_problems(archive, names, folder):
    """Yield what is wrong with the notebooks, given the folder of their sources."""
    paths = filter(notebooks.for_students, sorted(Path(folder).glob("*.py")))
    sources = [notebooks.read(path) for path in paths]
    wanted = {f"{NOTEBOOKS}{source.path.stem}.ipynb": source for source in sources}
    found = {name for name in names if name.endswith(".ipynb")}
    for name in found ^ wanted.keys():
        yield f"{name} is {'a notebook without a source' if name in found else 'missing'}"
    for name in found & wanted.keys():
        expected = notebooks.dumps(notebooks.notebook(wanted[name], "student"))
        if archive.read(name).decode() != expected:
            yield f"{name} is not what its source says students get"
    secrets = [text for source in sources for text in notebooks.solutions(source)]
    for name in names:
        if name.endswith((".py", ".pyi", ".ipynb", ".txt", ".md", ".json")):
            lines = text_lines(name, archive.read(name).decode())
            if notebooks.BEGIN in lines or notebooks.END in lines:
                yield f"{name} has the marks of a solution"
            text = "\n".join(lines)
            for secret in secrets:
                if secret in text:
                    yield f"{name} has a solution: {secret}"


def hostile_problems(archive, names, folder):
    """Yield where the hostile submissions are not those of a folder."""
    paths = [path for path in Path(folder).rglob("*") if path.is_file()]
    wanted = {
        f"{HOSTILE}{path.relative_to(folder).as_posix()}": path
        for path in paths
        if "__pycache__" not in path.parts
    }
    found = {name for name in names if name.startswith(HOSTILE)}
    for name in sorted(found ^ wanted.keys()):
        yield f"{name} is {'unknown' if name in found else 'missing'}"
    for name in sorted(found & wanted.keys()):
        if archive.read(name) != wanted[name].read_bytes():
            yield f"{name} is not what the sources have"


def text_lines(name, text):
    """Return the lines that are not blank of a text file or notebook, without indentation."""
    if name.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return [line.strip() for line in text.split("\n") if line.strip()]


def read(tool, *arguments):
    """Return what a tool of the binutils prints."""
    return subprocess.run([tool, *arguments], check=True, capture_output=True, text=True).stdout


def elf_problems(path):
    """Yield what is wrong with a Linux extension module."""
    dynamic = read("readelf", "--wide", "--dynamic", path)
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    if needed - NEEDED:
        yield f"needs {sorted(needed - NEEDED)}, which a machine may not have"
    if re.search(r"R(UN)?PATH", dynamic):
        yield "searches libraries in a path of the machine that built it"
    if not re.search(r"BIND_NOW|\bNOW\b", dynamic):
        yield "is bound lazily: link with -z now"

    segments = read("readelf", "--wide", "--program-headers", path)
    if "GNU_RELRO" not in segments:
        yield "has writable tables: link with -z relro"
    if re.search(r"GNU_STACK.*\bRWE\b", segments):
        yield "wants an executable stack: link with -z noexecstack"

    symbols = read("nm", "--dynamic", "--defined-only", "--format=posix", path)
    exported = {line.split()[0] for line in symbols.splitlines()}
    if exported != {f"PyInit_{module_name(path)}"}:
        yield f"exports {sorted(exported)} instead of its initialiser alone"
    if str(Path.home()).encode() in Path(path).read_bytes():
        yield "contains a path of the machine that built it"


def problems(wheel):
    """Yield everything that is wrong with a wheel."""
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        yield from file_problems(names)
        yield from notebook_problems(archive, names, notebooks.ROOT / "notebooks")
        yield from hostile_problems(archive, names, notebooks.ROOT / "tests" / "hostile")
        if sys.platform == "linux":
            for name in names:
                if name.endswith(".so"):
                    for problem in elf_problems(archive.extract(name, folder)):
                        yield f"{name} {problem}"


def main(wheel):
    """Print every problem; the exit status is 1 if there is one."""
    found = list(problems(wheel))
    for problem in found:
        print(f"{Path(wheel).name}: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
