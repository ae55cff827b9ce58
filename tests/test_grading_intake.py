"""Submissions: what is taken, what is refused and in which words, and that nothing is run."""

import dataclasses
import os
import struct
import subprocess
import sys
import tarfile
import zipfile

import pytest
from linclf.grading.child.unpack import (
    PROBLEMS,
    Bad,
    check_collisions,
    clean_name,
    encoded,
    is_junk,
    refused,
    unpack,
)
from linclf.grading.intake import CAPS, IntakeError, archives, digest_of, read_submission
from linclf.grading.intake.reading import TROUBLES
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier, probe
from linclf.messages import LANGUAGES, catalogue

from tests.hostile_archives import CODE, HOSTILE, tarred, zipped


@pytest.fixture
def folder(tmp_path):
    """A folder with two files of code, one of them further down."""
    inside = tmp_path / "hw1"
    (inside / "lib").mkdir(parents=True)
    (inside / "svm.py").write_bytes(CODE)
    (inside / "lib" / "more.py").write_bytes(b"x = 1\n")
    return inside


def problem_of(path, **options):
    """Tell why a submission is refused: its category, and the last part of the key."""
    with pytest.raises(IntakeError) as caught:
        read_submission(path, **options)
    prefix, _, problem = caught.value.sentence.key.rpartition(".")
    assert prefix == "grading.intake"
    assert str(caught.value) == caught.value.sentence.text()
    return caught.value.category, problem


# ----------------------------------------------------------------------------- files and folders


@pytest.mark.parametrize("name", ["svm.py", "svm.ipynb", "SVM.PY", "a b.py", "\u00fcbung.py"])
def test_a_file_is_a_submission(tmp_path, name):
    (tmp_path / name).write_bytes(CODE)
    if name == "SVM.PY":  # Python would not import it
        assert problem_of(tmp_path / name) == ("not_submitted", "empty")
        return
    found = read_submission(tmp_path / name)
    assert found.files == {name: CODE}
    assert found.name == name.rpartition(".")[0]


def test_a_folder_is_a_submission(folder):
    found = read_submission(folder)
    assert found.files == {"svm.py": CODE, "lib/more.py": b"x = 1\n"}
    assert found.name == "hw1"
    assert read_submission(str(folder)) == found


def test_what_tools_leave_behind_is_left_out(folder):
    expected = read_submission(folder)
    for name in (
        "__pycache__/svm.cpython-311.pyc",
        ".git/config",
        ".ipynb_checkpoints/svm-checkpoint.ipynb",
        "__MACOSX/._svm.py",
        "venv/lib/python3/site-packages/numpy.py",
        ".venv/a.py",
        "lib/.DS_Store",
        "svm.py~",
        "lib/more.pyc",
        "Thumbs.db",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"junk")
    os.symlink("/etc", folder / ".git" / "link")
    assert read_submission(folder) == expected


def test_a_folder_around_everything_is_left_out(tmp_path):
    (tmp_path / "hw" / "ada" / "src").mkdir(parents=True)
    (tmp_path / "hw" / "ada" / "src" / "a.py").write_bytes(CODE)
    assert list(read_submission(tmp_path / "hw").files) == ["a.py"]
    (tmp_path / "hw" / "ada" / "README.md").write_bytes(b"hello")
    assert list(read_submission(tmp_path / "hw").files) == ["README.md", "src/a.py"]


def test_a_package_keeps_its_folder(tmp_path):
    (tmp_path / "hw" / "svm").mkdir(parents=True)
    (tmp_path / "hw" / "svm" / "__init__.py").write_bytes(CODE)
    assert list(read_submission(tmp_path / "hw").files) == ["svm/__init__.py"]


def test_nothing_is_run_or_imported(tmp_path):
    trap = tmp_path / "trap.py"
    trap.write_text("import pathlib\npathlib.Path(__file__).with_name('sprung').touch()\n")
    (tmp_path / "hw").mkdir()
    for name in ("conftest.py", "sitecustomize.py", "zipfile.py", "json.py"):
        (tmp_path / "hw" / name).write_bytes(trap.read_bytes())
    code = "import linclf.grading.intake as i; print(len(i.read_submission('.').files))"
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, cwd=tmp_path / "hw", capture_output=True, text=True, check=True)
    assert done.stdout == "4\n"
    assert not (tmp_path / "hw" / "sprung").exists()


@pytest.mark.parametrize(
    ("name", "problem"),
    [("nothing.py", "missing"), ("a\0b.py", "missing"), ("x" * 300 + ".py", "missing")],
)
def test_what_is_not_there_is_not_submitted(tmp_path, name, problem):
    assert problem_of(tmp_path / name) == ("not_submitted", problem)


def test_what_holds_no_code_is_not_submitted(tmp_path):
    (tmp_path / "empty").mkdir()
    assert problem_of(tmp_path / "empty") == ("not_submitted", "empty")
    (tmp_path / "empty" / "report.pdf").write_bytes(b"%PDF")
    assert problem_of(tmp_path / "empty") == ("not_submitted", "empty")
    assert problem_of(tmp_path / "empty" / "report.pdf") == ("not_submitted", "kind")


def test_links_are_not_followed(folder):
    os.symlink("/etc/passwd", folder / "data.txt")
    assert problem_of(folder) == ("forbidden", "link")
    (folder / "data.txt").unlink()
    os.symlink("/etc", folder / "data")
    assert problem_of(folder) == ("forbidden", "link")


@pytest.mark.parametrize("target", ["svm.py", "lib", "nothing.py"])
def test_a_link_is_no_submission(folder, target):
    os.symlink(folder / target, folder.parent / "link.py")
    assert problem_of(folder.parent / "link.py") == ("forbidden", "link")


def test_only_plain_files_are_opened(folder):
    os.mkfifo(folder / "pipe.py")  # reading it would wait for ever
    assert problem_of(folder) == ("forbidden", "special")
    assert problem_of(folder / "pipe.py") == ("forbidden", "special")


def test_a_file_that_is_replaced_meanwhile_is_not_read(folder, monkeypatch):
    (folder.parent / "secret").write_text("secret")
    look = type(folder).lstat

    def replaced(path, **options):
        found = look(path, **options)
        if path.name == "svm.py":
            (folder.parent / "other").write_text("other")
            os.replace(folder.parent / "other", path)
        return found

    monkeypatch.setattr(type(folder), "lstat", replaced)
    assert problem_of(folder) == ("forbidden", "special")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_what_cannot_be_read_is_named(folder):
    (folder / "svm.py").chmod(0)
    assert problem_of(folder) == ("forbidden", "unreadable")


def test_sizes_are_bounded(tmp_path):
    file = tmp_path / "large.py"
    file.write_bytes(b"#" * CAPS.file)
    assert len(read_submission(file).files["large.py"]) == CAPS.file
    file.write_bytes(b"#" * (CAPS.file + 1))
    assert problem_of(file) == ("forbidden", "too_large")
    file.unlink()
    for n in range(5):
        (tmp_path / f"{n}.py").write_bytes(b"#" * (CAPS.total // 5))
    assert len(read_submission(tmp_path).files) == 5
    (tmp_path / "more.py").write_bytes(b"#")
    assert problem_of(tmp_path) == ("forbidden", "total")


def test_the_number_of_files_is_bounded(tmp_path):
    for n in range(CAPS.count):
        (tmp_path / f"{n}.py").write_bytes(b"")
    assert len(read_submission(tmp_path).files) == CAPS.count
    (tmp_path / "more.py").write_bytes(b"")
    assert problem_of(tmp_path) == ("forbidden", "count")


def test_a_folder_of_very_many_files_is_not_looked_through(tmp_path):
    for n in range(20 * CAPS.count + 1):
        (tmp_path / f"{n}.pyc").touch()
    assert problem_of(tmp_path) == ("forbidden", "count")


def test_a_large_archive_is_not_even_unpacked(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\3\4" + bytes(CAPS.total))
    assert problem_of(tmp_path / "a.zip") == ("forbidden", "total")


@pytest.mark.parametrize("name", ["a\nb.py", "a\x1b[31m.py", "a\u202eb.py", "a\\b.py"])
def test_names_that_no_file_needs_are_refused(tmp_path, name):
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / name).write_bytes(CODE)
    assert problem_of(tmp_path / "hw") == ("forbidden", "name")
    with pytest.raises(IntakeError) as caught:
        read_submission(tmp_path / "hw")
    assert all(letter.isprintable() for letter in str(caught.value))


def test_names_that_differ_by_case_alone_are_refused(tmp_path):
    (tmp_path / "a.py").write_bytes(CODE)
    (tmp_path / "A.py").write_bytes(CODE)
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system does not tell them apart")
    assert problem_of(tmp_path) == ("forbidden", "twice")


def test_names_are_composed(tmp_path):
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "u\u0308.py").write_bytes(CODE)
    assert list(read_submission(tmp_path / "hw").files) == ["\u00fc.py"]


# ----------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.py", "a.py"), ("./a//b.py", "a/b.py"), ("a\\b.py", "a/b.py"), ("..a/b..", "..a/b..")],
)
def test_names_are_cleaned(name, expected):
    assert clean_name(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/..",
        "../a",
        "a/../b",
        "/a",
        "\\a",
        "\\\\host\\a",
        "c:a",
        "a\0",
        "\n",
        "\ud800",
        "a" * 201,
        "\u00e4" * 101,
        "/".join("a" * 11),
        "/".join(["a" * 60] * 8),
    ],
)
def test_other_names_are_refused(name):
    with pytest.raises(Bad):
        clean_name(name)


@pytest.mark.parametrize(
    "name", ["a.py", "hidden.py", "git/a.py", "pyc", "a.pyx", "environment.py"]
)
def test_what_students_wrote_is_no_junk(name):
    assert not is_junk(name)


@pytest.mark.parametrize("names", [["a", "A"], ["a/b", "a"], ["A/b", "a"], ["\u00df", "ss"]])
def test_collisions_are_found(names):
    with pytest.raises(Bad, match="twice"):
        check_collisions(names)
    check_collisions(names[:1])


# ----------------------------------------------------------------------------- the digest


def test_the_digest_is_that_of_the_contents():
    files = {"a.py": b"x = 1\n", "b.py": b"y = 2\n"}
    assert digest_of(files) == digest_of(dict(reversed(files.items())))
    for other in (
        {"a.py": b"x = 2\n", "b.py": b"y = 2\n"},
        {"a.py": b"x = 1\n"},
        {"c.py": b"x = 1\n", "b.py": b"y = 2\n"},
        {"a.py": b"y = 2\n", "b.py": b"x = 1\n"},
        {"a.py": b" x = 1\n", "b.py": b"y = 2\n"},
        {"a.py": b"x = 1\n\n\ny", "b.py": b"y = 2\n"},
        {},
    ):
        assert digest_of(other) != digest_of(files)


@pytest.mark.parametrize(
    "data",
    [b"x = 1\ny = 2", b"x = 1\r\ny = 2\r\n", b"x = 1 \t\ny = 2\n\n\n", b"\xef\xbb\xbfx = 1\ry = 2"],
)
def test_the_digest_is_the_same_for_what_editors_change(data):
    assert digest_of({"a.py": data}) == digest_of({"a.py": b"x = 1\ny = 2\n"})


def test_data_counts_as_it_is():
    assert digest_of({"a.npy": b"1\r\n"}) != digest_of({"a.npy": b"1\n"})


# ----------------------------------------------------------------------------- archives


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused(kind):
    data, problem = HOSTILE[kind]
    with pytest.raises(Bad) as caught:
        unpack(data, CAPS)
    assert caught.value.problem == problem


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_tar_archives_of_all_kinds_are_unpacked(mode, format):
    members = [
        ("hw", b"", tarfile.DIRTYPE, ""),
        ("hw/a.py", CODE),
        ("hw/" + "b" * 95 + ".py", b"x"),
        ("hw/\u00fc.py", b"y"),
        ("hw/.git/link", b"", tarfile.SYMTYPE, "/etc"),
    ]
    found = unpack(tarred(members, mode=mode, format=format), CAPS)
    assert found == {"hw/a.py": CODE, "hw/" + "b" * 95 + ".py": b"x", "hw/\u00fc.py": b"y"}


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA]
)
def test_zip_archives_of_all_kinds_are_unpacked(compression):
    members = [
        ("hw/", b"", 0o040755),
        ("hw/a.py", CODE),
        ("hw\\b.py", b"x"),
        ("hw/empty.py", b""),
        ("__MACOSX/hw/._a.py", b"junk"),
    ]
    found = unpack(zipped(members, compression=compression), CAPS)
    assert found == {"hw/a.py": CODE, "hw/b.py": b"x", "hw/empty.py": b""}


def test_junk_is_not_even_read():
    many = [(f"venv/{n}.py", CODE) for n in range(CAPS.count + 1)]
    assert unpack(zipped([*many, ("a.py", CODE)]), CAPS) == {"a.py": CODE}
    endless = [(f"venv/{n}.py", b"") for n in range(20 * CAPS.count + 1)]
    with pytest.raises(Bad, match="count"):
        unpack(zipped(endless), CAPS)


def received(reply):
    """Return what the parent makes of a reply."""
    place = 0

    def receive(n):
        nonlocal place
        place += n
        if place > len(reply):
            raise EOFError
        return reply[place - n : place]

    found = archives.received(receive)
    assert place == len(reply)
    return found


def test_files_come_out_as_they_went_in():
    files = {"a.py": CODE, "b/\u00fc.py": b"", "c.npy": bytes(range(256))}
    assert received(encoded(files)) == files
    assert received(encoded({})) == {}


@pytest.mark.parametrize("problem", PROBLEMS[1:])
def test_problems_come_out_as_they_went_in(problem):
    with pytest.raises(Bad) as caught:
        received(refused(Bad(problem, "a\u00e4.py")))
    assert (caught.value.problem, caught.value.name) == (problem, "a\u00e4.py")


def entry(name, size, data=b""):
    return struct.pack(">HI", len(name), size) + name + data


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (struct.pack(">BH", 0, 1) + entry(b"../a.py", 1), "outside"),
        (struct.pack(">BH", 0, 1) + entry(b"/a.py", 1), "outside"),
        (struct.pack(">BH", 0, 1) + entry(b"./a.py", 1), "broken"),
        (struct.pack(">BH", 0, 1) + entry(b"a\\b.py", 1), "broken"),
        (struct.pack(">BH", 0, 1) + entry(b"a\x1b.py", 1), "name"),
        (struct.pack(">BH", 0, 2) + entry(b"a", 1, b"x") + entry(b"a", 1), "broken"),
        (struct.pack(">BH", 0, 2) + entry(b"a", 1, b"x") + entry(b"A", 1, b"x"), "twice"),
        (struct.pack(">BH", 0, 1) + entry(b"a", 0xFFFFFFFF), "too_large"),
        (struct.pack(">BH", 0, 0xFFFF), "count"),
        (struct.pack(">BH", 99, 1) + b"x", "broken"),
    ],
)
def test_the_parent_believes_nothing(reply, problem):
    with pytest.raises(Bad) as caught:
        received(reply)
    assert caught.value.problem == problem


def test_the_parent_counts_all_bytes():
    parts = [entry(b"%d" % n, 4_999_999, b"x" * 4_999_999) for n in range(5)]
    with pytest.raises(Bad, match="total"):
        received(struct.pack(">BH", 0, 5) + b"".join(parts))


# ----------------------------------------------------------------------------- words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_its_words_and_no_words_are_without_one(language):
    keys = {key for key in catalogue(language) if key.startswith("grading.intake.")}
    assert keys == {f"grading.intake.{trouble}" for trouble in TROUBLES}


def test_a_submission_cannot_be_changed_by_mistake(folder):
    found = read_submission(folder)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.digest = ""


# ----------------------------------------------------------------------------- in a cell


TIERS = [tier for tier in Tier if tier <= probe().tier]


@pytest.mark.parametrize("tier", TIERS)
def test_an_archive_is_unpacked_in_a_cell(tmp_path, tier, monkeypatch):
    def never(*operands):
        raise AssertionError("hostile bytes are taken apart in the process of the grader")

    for name in ("unpack", "_zip", "_tar", "_expanded"):
        monkeypatch.setattr(f"linclf.grading.child.unpack.{name}", never)
    for module in (zipfile, tarfile):
        monkeypatch.setattr(module, "ZipFile" if module is zipfile else "TarFile", never)
    files = {"a.py": CODE, "lib/\u00fc.py": b"x = 1\n"}
    (tmp_path / "hw.zip").write_bytes(ZIP)
    (tmp_path / "hw.TAR.GZ").write_bytes(TAR)
    for name in ("hw.zip", "hw.TAR.GZ"):
        found = read_submission(tmp_path / name, tier=tier)
        assert (found.name, found.files) == ("hw", files)
        assert found.digest == digest_of(files)


MEMBERS = [("hw/a.py", CODE), ("hw/lib/\u00fc.py", b"x = 1\n"), ("hw/.git/config", b"")]
ZIP, TAR = zipped(MEMBERS), tarred(MEMBERS, mode="w:gz")


@pytest.mark.parametrize("kind", ["zip: link", "zip: bomb", "tar: parent folder", "nothing"])
def test_what_a_cell_finds_wrong_is_told(tmp_path, kind):
    data, problem = HOSTILE[kind]
    (tmp_path / "hw.zip").write_bytes(data)
    assert problem_of(tmp_path / "hw.zip", tier=TIERS[-1]) == ("forbidden", problem)


def test_an_archive_without_code_is_not_submitted(tmp_path):
    (tmp_path / "hw.zip").write_bytes(zipped([("report.pdf", b"%PDF")]))
    assert problem_of(tmp_path / "hw.zip") == ("not_submitted", "empty")


def test_a_cell_that_does_not_answer_is_the_end_of_an_archive_not_of_the_grader(tmp_path):
    (tmp_path / "hw.zip").write_bytes(ZIP)
    limits = Limits(load_seconds=0.001)
    assert problem_of(tmp_path / "hw.zip", limits=limits) == ("forbidden", "broken")
