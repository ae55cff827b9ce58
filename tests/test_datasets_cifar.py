"""CIFAR-10 in every form in which it is published, and in forms that it must not have."""

import io
import os
import pickle
import tarfile

import numpy as np
import pytest
from dataset_files import (
    binary_batch,
    cifar_batches,
    damaged,
    images,
    python2_batch,
    python3_batch,
    tar_bytes,
    works_or_raises,
    write_folder,
)
from linclf.datasets import CIFAR10_CLASSES, DatasetError, read_cifar10
from linclf.datasets.archive import tar_members
from linclf.datasets.pickled import parse_pickle

KINDS = ["binary", "python2", "python3"]


def assert_is_everything(arrays, X, y):
    X_train, y_train, X_test, y_test = arrays
    np.testing.assert_array_equal(X_train, X[:20])
    np.testing.assert_array_equal(X_test, X[20:])
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), y)
    assert X_train.dtype == np.uint8
    assert X_train.flags.c_contiguous
    assert y_train.dtype == y_test.dtype == np.int64


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_of_batches_is_read_with_channels_last(kind, tmp_path):
    contents, X, y = cifar_batches(kind)
    assert_is_everything(read_cifar10(write_folder(tmp_path, contents)), X, y)


@pytest.mark.parametrize("compress", [True, False], ids=["tar.gz", "tar"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_is_read_whatever_its_compression(kind, compress, tmp_path):
    contents, X, y = cifar_batches(kind)
    archive = tmp_path / "cifar.tar.gz"
    archive.write_bytes(tar_bytes({"readme.html": b"hello", **contents}, compress=compress))
    assert_is_everything(read_cifar10(archive), X, y)


@pytest.mark.parametrize("inside", ["cifar-10-batches-bin", "cifar-10-python.tar.gz"])
def test_the_folder_around_the_data_will_do(inside, tmp_path):
    if inside.endswith("gz"):
        contents, X, y = cifar_batches("python2")
        (tmp_path / inside).write_bytes(tar_bytes(contents))
    else:
        contents, X, y = cifar_batches("binary")
        write_folder(tmp_path / inside, contents)
    assert_is_everything(read_cifar10(str(tmp_path)), X, y)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_of_pickle_since_2_is_read(protocol):
    X, y = images(3)
    batch = parse_pickle(python3_batch(X, y, protocol), "batch")
    assert batch["labels"] == [0, 1, 2]
    assert batch["data"].shape == (3, 3072)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["u1", "<i4", ">i4", "<f8", "?"])
def test_arrays_of_any_type_and_order_come_out_of_a_pickle(dtype, order):
    array = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype).copy(order)
    for protocol in (2, 3, 4, 5):
        read = parse_pickle(pickle.dumps({"a": array}, protocol=protocol), "file")["a"]
        np.testing.assert_array_equal(read, array)
        assert read.dtype == array.dtype


def test_options_select_flatten_convert_and_append_ones(tmp_path):
    contents, X, y = cifar_batches("binary")
    folder = write_folder(tmp_path, contents)
    X_all, y_all = read_cifar10(folder, split="all", flatten=True, dtype=np.float32, bias=True)
    assert X_all.shape == (24, 3073)
    assert X_all.dtype == np.float32
    np.testing.assert_array_equal(X_all[:, :-1], X.reshape(24, -1))
    assert (X_all[:, -1] == 1).all()
    np.testing.assert_array_equal(y_all, y)
    with pytest.raises(ValueError, match="pass flatten=True as well"):
        read_cifar10(folder, bias=True)
    with pytest.raises(ValueError, match="split is 'dev': pass one of 'all', 'train'"):
        read_cifar10(folder, split="dev")


def test_only_the_files_of_the_wanted_split_are_needed(tmp_path):
    contents, X, _ = cifar_batches("binary")
    folder = write_folder(tmp_path, {"test_batch.bin": contents["test_batch.bin"]})
    X_test, y_test = read_cifar10(folder, split="test")
    np.testing.assert_array_equal(X_test, X[20:])
    assert [CIFAR10_CLASSES[label] for label in y_test[:2]] == ["airplane", "automobile"]
    with pytest.raises(FileNotFoundError, match=r"has no data_batch_1, .*fetch\(\"cifar10\"\)"):
        read_cifar10(folder)


def test_missing_paths_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        read_cifar10(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="holds neither CIFAR-10 batches"):
        read_cifar10(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"test_batch.bin: 0 bytes are not a whole number of records of 3,073"),
        (binary_batch(*images(2))[:-1], "6,145 bytes are not a whole number"),
        (b"\xc8" + bytes(3072), "image 0 has label 200, but CIFAR-10 has labels 0 to 9"),
    ],
    ids=["empty", "cut", "label"],
)
def test_a_wrong_binary_batch_is_refused_with_what_was_found(content, message, tmp_path):
    write_folder(tmp_path, {"test_batch.bin": content})
    with pytest.raises(DatasetError, match=message):
        read_cifar10(tmp_path, split="test")


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ([1, 2], "holds list, not data and labels"),
        ({"data": np.zeros((1, 3072), np.uint8), "fine_labels": [3]}, r"holds the keys \['data', "),
        ({"data": np.zeros((1, 3072)), "labels": [3]}, "data is not an array of uint8"),
        ({"data": np.zeros((2, 3072), np.uint8), "labels": [3]}, r"shape \(2, 3072\) and \(1,\)"),
        ({"data": np.zeros((1, 3072), np.uint8), "labels": ["cat"]}, "labels are not integers"),
        ({"data": np.zeros((1, 3072), np.uint8), "labels": [10**30]}, "has label 10, but"),
        ({"data": np.zeros((1, 3072), np.uint8), "labels": [-1]}, "has label -1, but"),
    ],
)
def test_a_pickle_of_something_else_is_refused_with_what_was_found(batch, message, tmp_path):
    write_folder(tmp_path, {"test_batch": pickle.dumps(batch, protocol=2)})
    with pytest.raises(DatasetError, match=message):
        read_cifar10(tmp_path, split="test")


class Attack:
    """Runs a command when it is unpickled the usual way."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize(
    ("attack", "name"),
    [
        (Attack(os.system, "touch attacked"), r"(posix|nt)\.system"),
        (Attack(eval, "1"), r"(builtins|__builtin__)\.eval"),
        (Attack(getattr, "", "join"), r"(builtins|__builtin__)\.getattr"),
        (np.float64(1), r"numpy\.(_core|core)\.multiarray\.scalar"),
        (np.array([{}]), "an array of (Python objects|type =O8)"),
    ],
)
def test_a_pickle_that_asks_for_code_is_refused_and_not_run(
    attack, name, protocol, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path, {"test_batch": pickle.dumps({"data": attack}, protocol=protocol)})
    with pytest.raises(DatasetError, match=f"test_batch: refused, since .*({name})"):
        read_cifar10(tmp_path, split="test")
    assert [file.name for file in tmp_path.iterdir()] == ["test_batch"]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (b"cnumpy\nndarray\n(S'x'\no.", "instruction STRING"),
        (b"\x80\x02cnumpy\nndarray\n)\x81.", "instruction NEWOBJ"),
        (b"\x80\x02]}b.", "sets the state"),
        (b"\x80\x02])R.", "not a name"),
        (b"\x80\x02cnumpy\ndtype\n}b.", "sets the state"),
        (b"\x80\x02K\x01K\x02a.", "not a list"),
        (b"\x80\x02}K\x01K\x02s.", "a key is not a string"),
        (b"\x80\x02Va\n.", "instruction UNICODE"),
        (b"\x80\x02X\xff\xff\xff\x7fabc", "not a readable pickle"),
        (b"\x80\x02h\x07.", "not a readable pickle"),
        (b"\x80\x02e.", "not a readable pickle"),
        (b"\x80\x02.", "not a readable pickle"),
        (b"\x80\x02r\xff\xff\xff\x7f.", "not a readable pickle"),
        (b"", "not a readable pickle"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:6].hex(),
)
def test_a_program_that_is_not_plain_data_is_refused(program, reason):
    with pytest.raises(DatasetError, match=f"^file: .*{reason}"):
        parse_pickle(program, "file")


def test_damaged_pickles_give_the_stated_error_and_nothing_else():
    X, y = images(1)
    for content in (python2_batch(X, y), python3_batch(X, y), python3_batch(X, y, protocol=5)):
        for data in damaged(content, 300):
            with works_or_raises(DatasetError, naming="file: "):
                parse_pickle(data, "file")


def test_damaged_archives_give_the_stated_error_and_nothing_else(tmp_path):
    X, y = images(1)
    contents = {"test_batch.bin": binary_batch(X, y)}
    file = tmp_path / "cifar.tar"
    for compress in (True, False):
        for data in damaged(tar_bytes(contents, compress=compress), 150):
            file.write_bytes(data)
            with works_or_raises(DatasetError, FileNotFoundError, naming=file):
                read_cifar10(file, split="test")


def test_a_truncated_archive_says_so_and_gives_its_size(tmp_path):
    content = tar_bytes(cifar_batches("binary")[0])[:-5000]
    file = tmp_path / "cifar-10-binary.tar.gz"
    file.write_bytes(content)
    message = rf"cifar-10-binary.tar.gz: damaged or truncated .*{len(content):,} bytes: download"
    with pytest.raises(DatasetError, match=message):
        read_cifar10(file)


def test_paths_in_an_archive_are_never_used(tmp_path):
    contents, X, _ = cifar_batches("binary")
    inner = tmp_path / "inner"
    inner.mkdir()
    for prefix in ("../", "/", "a/../../b/"):
        (inner / "a.tar").write_bytes(tar_bytes(contents, prefix=prefix))
        X_test, _ = read_cifar10(inner / "a.tar", split="test")
        np.testing.assert_array_equal(X_test, X[20:])
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.tar", "inner"]


def test_links_and_sparse_files_in_an_archive_are_passed_over(tmp_path):
    file = tmp_path / "a.tar"
    with tarfile.open(file, "w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "test_batch.bin"), (tarfile.LNKTYPE, "test_batch")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        huge = tarfile.TarInfo("data_batch_1.bin")
        # A file of 2**40 zeros, none of which is stored.
        huge.pax_headers = {
            "GNU.sparse.map": "1099511627776,0",
            "GNU.sparse.size": "1099511627776",
            "GNU.sparse.name": "data_batch_1.bin",
        }
        archive.addfile(huge, io.BytesIO())
    assert list(tar_members(file, ["test_batch.bin", "test_batch", "data_batch_1.bin"])) == []


def test_an_archive_that_unpacks_to_too_much_is_stopped(tmp_path):
    file = tmp_path / "bomb.tar.gz"
    file.write_bytes(tar_bytes({"junk": bytes(3_000_000), "test_batch.bin": bytes(3073)}))
    assert file.stat().st_size < 10_000
    with pytest.raises(DatasetError, match="unpacks to more than 1,000,000 bytes"):
        list(tar_members(file, ["test_batch.bin"], limit=1_000_000))
