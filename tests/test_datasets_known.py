"""What is known of public data sets, where they are kept, and how impostors are noticed."""

import re
import sys

import pytest
from dataset_files import cifar_batches, known_set, mnist_files, tar_bytes, write_folder
from linclf.datasets import DatasetError, data_dir, load
from linclf.datasets.known import KNOWN

FILES, _ = mnist_files()


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The folder of a data set called tiny, whose files are there."""
    monkeypatch.setenv("LINCLF_DATA", str(tmp_path))
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES))
    return write_folder(tmp_path / "tiny", FILES)


def test_the_cache_is_where_the_environment_says_else_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("LINCLF_DATA", str(tmp_path))
    assert data_dir() == tmp_path
    monkeypatch.delenv("LINCLF_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert data_dir() == tmp_path / "xdg" / "linclf"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert data_dir().parts[-2:] == (".cache", "linclf")


def test_known_files_have_a_size_a_hash_and_an_address():
    for name, data in KNOWN.items():
        assert name.isidentifier()
        assert len(data.train_counts) == len(data.test_counts) == 10
        for file in data.files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert file.size > 0
        for url in data.urls:
            assert re.fullmatch(r"https?://[^ ]+/", url)
    assert sum(KNOWN["mnist"].train_counts) == 60_000
    assert sum(KNOWN["svhn"].train_counts) == 73_257
    assert sum(KNOWN["svhn"].test_counts) == 26_032


def test_data_that_is_not_what_its_name_says_is_refused_by_what_differs(tiny, monkeypatch):
    assert load("tiny").X.shape == (20, 784)
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, train_counts=(3,) * 10))
    with pytest.raises(DatasetError, match=r"tiny has 30 training samples, per class .* are 20"):
        load("tiny")


def test_pixels_in_another_order_are_noticed(tiny, monkeypatch):
    contents, X, _ = cifar_batches()
    (tiny / "cifar-10-binary.tar.gz").write_bytes(tar_bytes(contents))
    sums = tuple(X[:20].reshape(20, -1)[:, :5].sum(axis=0, dtype=int).tolist())
    changes = {
        "reader": "cifar",
        "train_counts": (2,) * 10,
        "test_counts": (1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    }
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, **changes, first_pixel_sums=sums))
    assert load("tiny").X.shape == (20, 3072)
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, **changes, first_pixel_sums=sums[::-1]))
    with pytest.raises(DatasetError, match="the pixels or their order are not"):
        load("tiny")


def test_data_that_was_not_fetched_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("LINCLF_DATA", str(tmp_path))
    for folder in (tmp_path, tmp_path / "cifar10"):
        folder.mkdir(exist_ok=True)
        with pytest.raises(FileNotFoundError, match=r"fetch\('cifar10'\) \(170 MB\)"):
            load("cifar10")
