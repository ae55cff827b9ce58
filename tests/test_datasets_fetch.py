"""Downloads, from a server on this machine that can be made to misbehave."""

import contextlib
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from dataset_files import known_set, mnist_files
from linclf.datasets import FetchError, fetch, load
from linclf.datasets.known import KNOWN

FILES, ARRAYS = mnist_files()
BIG = "train-images-idx3-ubyte.gz"


class Server(ThreadingHTTPServer):
    """Serves `files` by path; what it was asked is in `requests` as (path, range)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.requests = {}, []
        self.cut_after, self.stall, self.ranges = None, False, True
        self.url = f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """Answers GET, in one piece or from the byte that is asked for."""

    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.requests.append((self.path, asked))
        content = server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and server.ranges else 0
        if start >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        # A client that has seen enough hangs up.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content[start:][: server.cut_after])
            if server.stall:
                self.wfile.flush()
                time.sleep(1)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tiny(server, tmp_path, monkeypatch):
    """A data set called tiny that the server has, and an empty cache; returns its folder there."""
    monkeypatch.setenv("LINCLF_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("LINCLF_MIRROR", raising=False)
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, server.url))
    server.files.update({f"/{name}": content for name, content in FILES.items()})
    return tmp_path / "cache" / "tiny"


def assert_complete(folder):
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == FILES


def test_a_data_set_is_downloaded_once_and_then_found_offline(tiny, server):
    assert fetch("tiny") == tiny
    assert_complete(tiny)
    assert len(server.requests) == 4
    assert fetch("tiny") == tiny
    assert len(server.requests) == 4
    data = load("tiny")
    assert data.X.shape == (20, 784)
    np.testing.assert_array_equal(data.X_test, ARRAYS["t10k", "images"].reshape(10, 784))


def test_a_folder_may_be_chosen(tiny, tmp_path):
    assert fetch("tiny", folder=str(tmp_path / "a" / "b")) == tmp_path / "a" / "b"
    assert_complete(tmp_path / "a" / "b")
    assert not tiny.exists()


def test_a_broken_download_is_resumed_where_it_broke(tiny, server):
    tiny.mkdir(parents=True)
    (tiny / f"{BIG}.part").write_bytes(FILES[BIG][:1000])
    fetch("tiny")
    assert_complete(tiny)
    assert (f"/{BIG}", "bytes=1000-") in server.requests


def test_a_connection_that_breaks_is_resumed_at_once(tiny, server):
    server.cut_after = len(FILES[BIG]) // 3
    fetch("tiny")
    assert_complete(tiny)
    ranges = [asked for path, asked in server.requests if path == f"/{BIG}"]
    starts = [server.cut_after * i for i in range(len(ranges))]
    assert ranges == [f"bytes={start}-" if start else None for start in starts]


def test_a_connection_that_breaks_too_often_is_given_up_and_keeps_what_it_brought(tiny, server):
    server.cut_after = 10
    with pytest.raises(FetchError, match="broke off 20 times"):
        fetch("tiny")
    assert (tiny / f"{BIG}.part").read_bytes() == FILES[BIG][:200]
    assert [file.name for file in tiny.iterdir()] == [f"{BIG}.part"]


def test_a_server_that_sends_nothing_is_given_up(tiny, server):
    server.cut_after = 0
    with pytest.raises(FetchError, match=r"broke off after 0 of [\d,]+ bytes"):
        fetch("tiny")


def test_a_server_that_stalls_is_given_up_after_the_timeout(tiny, server):
    server.cut_after, server.stall = 10, True

    def send_nothing_more(done, total):
        server.cut_after = 0

    with pytest.raises(FetchError, match="timed out"):
        fetch("tiny", timeout=0.2, progress=send_nothing_more)
    assert (tiny / f"{BIG}.part").stat().st_size == 10


def test_a_server_without_ranges_sends_all_again(tiny, server):
    server.ranges = False
    tiny.mkdir(parents=True)
    (tiny / f"{BIG}.part").write_bytes(b"x" * 1000)
    fetch("tiny")
    assert_complete(tiny)


def test_a_login_page_does_not_cost_what_is_there_already(tiny, server):
    server.files[f"/{BIG}"] = b"<html>log in</html>"
    server.ranges = False
    tiny.mkdir(parents=True)
    (tiny / f"{BIG}.part").write_bytes(FILES[BIG][:1000])
    with pytest.raises(FetchError, match="login page"):
        fetch("tiny")
    assert (tiny / f"{BIG}.part").read_bytes() == FILES[BIG][:1000]


@pytest.mark.parametrize("size", [1000, len(FILES[BIG]), len(FILES[BIG]) + 5])
def test_a_part_with_wrong_bytes_is_downloaded_anew(size, tiny, server):
    tiny.mkdir(parents=True)
    (tiny / f"{BIG}.part").write_bytes(b"x" * size)
    fetch("tiny")
    assert_complete(tiny)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "HTTP 404 Not Found"),
        (b"x" * len(FILES[BIG]), "sent other content"),
        (b"<html>log in</html>", r"offers 19 bytes where [\d,]+ are expected"),
    ],
    ids=["missing", "corrupt", "login page"],
)
def test_what_one_mirror_lacks_the_next_one_has(content, reason, tiny, server, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, server.url + "bad", server.url))
    server.files[f"/bad/{BIG}"] = content
    fetch("tiny")
    assert_complete(tiny)
    assert [path for path, _ in server.requests[:2]] == [f"/bad/{BIG}", f"/{BIG}"]
    # Without the good one, the message says what was wrong with the bad one and what to do.
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, server.url + "bad"))
    (tiny / BIG).unlink()
    with pytest.raises(FetchError, match=reason) as error:
        fetch("tiny")
    for part in (
        f"could not download {BIG}",
        server.url,
        "LINCLF_MIRROR",
        f"tiny/{BIG}",
        str(tiny),
    ):
        assert part in str(error.value)
    assert isinstance(error.value, OSError)
    assert not (tiny / BIG).exists()


@pytest.mark.parametrize("kind", ["url", "path"])
def test_mirrors_in_the_environment_come_first(kind, tiny, server, tmp_path, monkeypatch):
    if kind == "path":
        mirror = tmp_path / "mirror"
        (mirror / "tiny").mkdir(parents=True)
        for name, content in FILES.items():
            (mirror / "tiny" / name).write_bytes(content)
    else:
        server.files.update({f"/m/tiny/{name}": content for name, content in FILES.items()})
        mirror = server.url + "m/"
    monkeypatch.setenv("LINCLF_MIRROR", f"{server.url}empty {mirror}")
    fetch("tiny")
    assert_complete(tiny)
    asked = [path for path, _ in server.requests]
    assert asked[0] == f"/empty/tiny/{BIG}"
    assert f"/{BIG}" not in asked


def test_a_mirror_that_is_no_server_is_named(tiny, monkeypatch):
    monkeypatch.setitem(KNOWN, "tiny", known_set(FILES, "http://127.0.0.1:1/"))
    with pytest.raises(FetchError, match=r"127.0.0.1:1/.*: .*refused"):
        fetch("tiny", timeout=2)


def test_a_damaged_file_stays_until_the_right_one_is_complete(tiny, server):
    tiny.mkdir(parents=True)
    (tiny / BIG).write_bytes(b"damaged")
    right = server.files.pop(f"/{BIG}")
    with pytest.raises(FetchError):
        fetch("tiny")
    assert (tiny / BIG).read_bytes() == b"damaged"
    server.files[f"/{BIG}"] = right
    fetch("tiny")
    assert_complete(tiny)


def test_two_downloads_to_one_folder_do_not_mix(tiny):
    fcntl = pytest.importorskip("fcntl")
    tiny.mkdir(parents=True)
    other = os.open(tiny, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FetchError, match="another process is downloading to this folder"):
            fetch("tiny")
    finally:
        os.close(other)
    fetch("tiny")
    assert_complete(tiny)


def test_an_interrupt_keeps_what_is_there_and_leaves_no_file(tiny, server):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("tiny", progress=interrupt)
    assert [file.name for file in tiny.iterdir()] == [f"{BIG}.part"]
    fetch("tiny")
    assert_complete(tiny)


def test_progress_is_told_to_a_function(tiny):
    told = []
    fetch("tiny", progress=lambda done, total: told.append((done, total)))
    sizes = [len(content) for content in FILES.values()]
    assert [done for done, total in told if done == total] == sizes


def test_progress_is_one_line_on_a_terminal_and_nothing_elsewhere(tiny, capsys, monkeypatch):
    fetch("tiny")
    assert capsys.readouterr() == ("", "")
    for file in tiny.iterdir():
        file.unlink()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch("tiny")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 4
    assert f"\r{BIG}  100 %  0.0 of 0.0 MB" in err
    fetch("tiny")
    assert capsys.readouterr() == ("", "")


def test_unknown_names_are_refused_before_anything_happens(tmp_path, monkeypatch):
    monkeypatch.setenv("LINCLF_DATA", str(tmp_path / "cache"))
    with pytest.raises(ValueError, match="name is 'imagenet': pass one of cifar10, mnist"):
        fetch("imagenet")
    assert not (tmp_path / "cache").exists()
