"""A cell ends in time, whatever its child does, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest
from identities import IDENTITIES, again

cell = pytest.importorskip("linclf.grading.cell.process")
from linclf.grading import tiers  # noqa: E402
from linclf.grading.cell import furniture, users  # noqa: E402
from linclf.grading.limits import Limits  # noqa: E402
from linclf.grading.tiers import Isolation, Tier, TierError, choose, probe  # noqa: E402

PATIENCE = 120.0  # seconds that nothing of this takes
TIERS = [Tier.T1, Tier.T2, Tier.T3]


@pytest.fixture(params=TIERS, ids=lambda tier: tier.name)
def tier(request):
    """Each tier that this machine offers."""
    here = probe()
    if request.param > here.tier:
        pytest.skip(f"{request.param.name}: {here.reasons[request.param.name]}")
    return request.param


def start(tier, code, limits=None, **given):
    """Open a cell that runs code."""
    files = {"main.py": textwrap.dedent(code).encode(), **given}
    return cell.open_cell("tryout.py", files, tier=tier, limits=limits or Limits())


def soon():
    return time.monotonic() + PATIENCE


def line(child):
    """Receive a line of JSON."""
    found, deadline = b"", soon()
    while not found.endswith(b"\n"):
        found += child.receive(1, deadline)
    return json.loads(found)


def alive(pid):
    """Whether a process runs, and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def gone(pid):
    """Wait until a process has ended; False if it does not."""
    deadline = soon()
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


ECHO = """
import os
while data := os.read(3, 1 << 20):
    while data:
        data = data[os.write(4, data):]
"""


def test_bytes_arrive_whole(tier):
    data = os.urandom(3 << 20)
    with start(tier, ECHO) as child:
        for size in (1, 7, 4096, 1 << 16):
            child.send(data[:size], soon())
            assert child.receive(size, soon()) == data[:size]
        # More than fits into the pipes: the other side reads it meanwhile.
        reader = threading.Thread(target=lambda: child.send(data, soon()))
        reader.start()
        assert child.receive(len(data), soon()) == data
        reader.join()
        assert child.receive(0, soon()) == b""


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(600)",
        "while True: pass",
        # A byte now and then: the deadline is one for all of them.
        "import os, time\nwhile True: os.write(4, b'x'); time.sleep(0.01)",
        "import signal, time\nfor s in range(1, 32):\n"
        "    if s not in (9, 19): signal.signal(s, signal.SIG_IGN)\ntime.sleep(600)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
    ],
    ids=["sleeps", "computes", "drips", "ignores signals", "ends but for a thread"],
)
def test_a_deadline_ends_it(tier, code):
    with start(tier, "tell(1)\n" + code) as child:
        assert line(child) == 1
        began = time.monotonic()
        with pytest.raises(cell.CellTimeout):
            child.receive(1 << 20, began + 0.5)
        assert time.monotonic() >= began + 0.5
        assert gone(child.pid)
        # It stays unusable, and says why.
        with pytest.raises(cell.CellTimeout):
            child.send(b"x", soon())
        folder = child.folder
    assert not folder.exists()


def test_a_deadline_ends_a_child_that_does_not_read(tier):
    with start(tier, "import time; time.sleep(600)") as child, pytest.raises(cell.CellTimeout):
        child.send(bytes(8 << 20), time.monotonic() + 1.0)


@pytest.mark.parametrize(
    ("code", "reason", "number"),
    [
        ("import os; os._exit(7)", "exit", 7),
        ("import sys; sys.exit(0)", "exit", 0),
        ("raise ValueError('wrong')", "exit", 1),
        ("import os; os.abort()", "signal", signal.SIGABRT),
        ("import ctypes; ctypes.string_at(0)", "signal", signal.SIGSEGV),
        ("import os; os.kill(os.getpid(), 9)", "signal", signal.SIGKILL),
        ("import os, time; os.close(4); time.sleep(600)", "closed", 0),
    ],
)
def test_how_it_died_is_told(tier, code, reason, number):
    with start(tier, code) as child:
        with pytest.raises(cell.CellDied) as caught:
            child.receive(1, soon())
        assert gone(child.pid)
    assert caught.value.reason == reason
    assert caught.value.number == number
    assert str(caught.value)
    assert (caught.value.code is None) == (reason != "exit")
    assert (caught.value.signal is None) == (reason != "signal")


def test_what_it_printed_is_kept(tier):
    code = """
    import os, sys
    print("to stdout", flush=True)
    print("to stderr", file=sys.stderr, flush=True)
    os.write(1, b"\\xff\\x1b[31m")
    tell(1)
    1 / 0
    """
    with start(tier, code) as child:
        assert line(child) == 1
        assert child.output().startswith(b"to stdout\nto stderr\n\xff\x1b[31m")
        with pytest.raises(cell.CellDied):
            child.receive(1, soon())
        assert b"ZeroDivisionError" in child.output()
    assert b"ZeroDivisionError" in child.output()


def test_a_flood_ends_it(tier):
    limits = Limits(output=100_000)
    with start(tier, "while True: print('x' * 1000)", limits) as child:
        with pytest.raises(cell.CellDied) as caught:
            child.receive(1, soon())
        assert caught.value.reason == "output"
        assert len(child.output()) == 100_000
        assert gone(child.pid)


def test_a_flood_that_nobody_reads_waits(tier):
    """It must not fill the memory of a grader that is busy elsewhere."""
    with start(
        tier,
        "import time; tell(1); time.sleep(0.5)\nwhile True: print('x' * 1000)",
        Limits(output=100_000),
    ) as child:
        assert line(child) == 1
        time.sleep(0.2)
        assert len(child.output()) <= 100_000
        assert len(child.output()) <= 100_000


def test_hanging_up_is_noticed_by_the_next_request(tier):
    code = "import os, time; os.close(3); tell(1); time.sleep(600)"
    with start(tier, code) as child:
        assert line(child) == 1
        with pytest.raises(cell.CellDied):
            child.send(b"x", soon())


def test_a_grader_that_dies_of_sigpipe_elsewhere_does_not_here(tmp_path):
    code = """
    import signal, time
    from linclf.grading.cell import CellDied, open_cell
    from linclf.grading.limits import Limits
    from linclf.grading.tiers import Tier
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    files = {"main.py": b"import os; os.close(3); tell(1)"}
    with open_cell("tryout.py", files, tier=Tier.T1, limits=Limits()) as cell:
        cell.receive(2, time.monotonic() + 100)
        try:
            cell.send(b"x", time.monotonic() + 100)
        except CellDied:
            print("told")
    print(signal.SIGPIPE in signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.sigpending())
    """
    assert script(code) == "told\nFalse set()\n"


def script(code, *arguments, wait=True, **options):
    """Run code in a plain interpreter that has linclf; return what it printed."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    if not wait:
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=2 * PATIENCE, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_child_may_be_looked_at_while_it_starts(tier, monkeypatch):
    """Its namespaces and its folder are made meanwhile."""
    monkeypatch.setattr(cell, "_LOOK_EVERY", 0.0005)
    for _ in range(3):
        with start(tier, "tell(1)") as child:
            assert line(child) == 1


# --- nothing stays


def _open_files():
    return sorted(os.listdir("/dev/fd"))


@pytest.mark.parametrize("how", ["closed", "killed", "dead", "forgotten", "refused"])
def test_nothing_is_left_behind(tier, how):
    with start(tier, "tell(1)") as child:  # what the first one opens for good
        line(child)
    before = _open_files()
    folders, pids = [], []
    for _ in range(3):
        if how == "refused":
            with pytest.raises(ValueError, match="lead nowhere else"):
                start(tier, "", **{"../x": b""})
            continue
        child = start(tier, "tell(1); import time; time.sleep(600)")
        folders.append(child.folder)
        pids.append(child.pid)
        assert line(child) == 1
        if how == "killed":
            with pytest.raises(cell.CellTimeout):
                child.receive(1, 0.0)
        elif how == "dead":
            os.kill(child.pid, signal.SIGKILL)
            with pytest.raises(cell.CellDied):
                child.receive(1, soon())
        if how == "forgotten":
            del child
        else:
            child.close()
            child.close()
            with pytest.raises(cell.CellError, match="closed"):
                child.send(b"", soon())
    assert _open_files() == before
    assert not any(folder.exists() for folder in folders)
    assert all(not Path(f"/proc/{pid}").exists() for pid in pids if sys.platform == "linux")


def test_a_folder_of_a_strange_shape_is_removed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    room = tmp_path / "room"
    (room / "closed" / "inner").mkdir(parents=True)
    (room / "closed" / "inner" / "file").write_text("x")
    (room / "link").symlink_to(outside)
    (room / "closed" / "link").symlink_to(outside)
    (room / "nothing").symlink_to("nowhere")
    os.mkfifo(room / "closed" / "pipe")
    here = os.open(room, os.O_RDONLY)
    for _ in range(3000):  # deeper than a path may be long
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    (room / "closed" / "inner").chmod(0)
    (room / "closed").chmod(0)
    furniture.remove_folder(room)
    assert not room.exists()
    assert (outside / "kept").read_text() == "x"
    furniture.remove_folder(room)


def test_a_grandchild_does_not_keep_the_grader_waiting():
    """At T1 alone one can be started."""
    code = """
    import os, time
    if os.fork() == 0:
        os.setsid()
        tell(os.getpid())
        time.sleep(60)
    time.sleep(600)
    """
    with start(Tier.T1, code) as child:
        grandchild = line(child)
        with pytest.raises(cell.CellTimeout):
            child.receive(1, time.monotonic())
        assert gone(child.pid)
        if probe().other_user:  # it is told apart by its user
            assert gone(grandchild)
    if alive(grandchild):
        os.kill(grandchild, signal.SIGKILL)
        assert gone(grandchild)


KILLED = """
import sys, time
from linclf.grading.cell import open_cell
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier
files = {"main.py": b"import os, time; tell(os.getpid()); time.sleep(600)"}
cell = open_cell("tryout.py", files, tier=Tier(int(sys.argv[1])), limits=Limits())
pid = b""
while not pid.endswith(b"\\n"):
    pid += cell.receive(1, time.monotonic() + 100)
print(cell.pid, cell.folder, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children of the end of a parent")
def test_no_child_outlives_a_grader_that_is_killed(tier, tmp_path):
    grader = script(KILLED, int(tier), wait=False, env={**os.environ, "TMPDIR": str(tmp_path)})
    pid, folder = grader.stdout.readline().split()
    family = _family(int(pid))
    assert len(family) == (3 if tier == Tier.T3 else 1)
    assert all(map(alive, family))
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert all(map(gone, family))
    # The next grader cleans up after it, and not after one that lives.
    os.utime(folder, (0, 0))
    other = tmp_path / "linclf-cell-of-another"
    other.mkdir()
    code = """
    import fcntl, os, sys
    from linclf.grading.cell import launch
    held = os.open(sys.argv[1], os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.utime(sys.argv[1], (0, 0))
    launch._sweep()
    """
    script(code, other, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert os.listdir(tmp_path) == [other.name]


def _family(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


# --- threads, processes, places


def test_threads_have_cells_of_their_own(tier):
    failures = []

    def one(number):
        try:
            with start(tier, ECHO) as child:
                for _ in range(20):
                    data = os.urandom(1000 + number)
                    child.send(data, soon())
                    assert child.receive(len(data), soon()) == data
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_cell_outlives_the_thread_that_opened_it(tier):
    opened = []
    thread = threading.Thread(target=lambda: opened.append(start(tier, ECHO)))
    thread.start()
    thread.join()
    with opened[0] as child:
        time.sleep(0.1)  # the kernel would have told the child by now
        child.send(b"x", soon())
        assert child.receive(1, soon()) == b"x"


def test_a_fork_of_the_grader_takes_no_cell_along(tier):
    code = f"""
    import os, sys, time
    from linclf.grading.cell import open_cell
    from linclf.grading.limits import Limits
    from linclf.grading.tiers import Tier
    files = {{"main.py": {textwrap.dedent(ECHO).encode()!r}}}
    cell = open_cell("tryout.py", files, tier=Tier({int(tier)}), limits=Limits())
    if os.fork() == 0:
        cell.close()
        with open_cell("tryout.py", files, tier=Tier({int(tier)}), limits=Limits()) as other:
            other.send(b"y", time.monotonic() + 100)
            assert other.receive(1, time.monotonic() + 100) == b"y"
        os._exit(0)
    assert os.wait()[1] == 0
    cell.send(b"x", time.monotonic() + 100)
    print(cell.receive(1, time.monotonic() + 100), cell.folder.exists())
    cell.close()
    """
    assert script(code) == "b'x' True\n"


def test_the_folder_that_a_grader_runs_in_may_be_gone(tier, tmp_path):
    code = f"""
    import os, sys, time
    from linclf.grading.cell import open_cell
    from linclf.grading.limits import Limits
    from linclf.grading.tiers import Tier
    os.chdir(sys.argv[1])
    os.rmdir(sys.argv[1])
    files = {{"main.py": b"tell(7)"}}
    with open_cell("tryout.py", files, tier=Tier({int(tier)}), limits=Limits()) as cell:
        print(cell.receive(2, time.monotonic() + 100))
    """
    place = tmp_path / "place"
    place.mkdir()
    assert script(code, place) == "b'7\\n'\n"


def test_children_may_be_waited_for_by_others(tier):
    """A program may have its own handler that collects every child."""
    code = f"""
    import signal, time
    from linclf.grading.cell import CellDied, open_cell
    from linclf.grading.limits import Limits
    from linclf.grading.tiers import Tier, probe
    probe()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    files = {{"main.py": b"tell(7)"}}
    with open_cell("tryout.py", files, tier=Tier({int(tier)}), limits=Limits()) as cell:
        cell.receive(2, time.monotonic() + 100)
        try:
            cell.receive(1, time.monotonic() + 100)
        except CellDied as error:
            print(error)
    """
    assert script(code) == "the process hung up\n"


# --- what the child is given


def test_the_submission_can_be_read_and_not_changed(tier):
    code = """
    import os, sys
    found = {}
    for where, _, names in os.walk("../submission"):
        for name in names:
            path = os.path.join(where, name)
            found[os.path.relpath(path, "../submission")] = open(path, "rb").read().decode()
    written = []
    for path in ("../submission/a.txt", "../submission/new", "../config.json", "here"):
        try:
            open(path, "a").close()
            written.append(path)
        except OSError:
            pass
    found.pop("main.py")
    tell([found, written, sys.argv[1:]])
    """
    files = {"main.py": textwrap.dedent(code).encode(), "a.txt": b"A", "deep/er/b.txt": b"B"}
    with cell.open_cell(
        "tryout.py", files, tier=tier, limits=Limits(), arguments=("one", "two")
    ) as child:
        found, written, arguments = line(child)
    assert found == {"a.txt": "A", "deep/er/b.txt": "B"}
    assert arguments == ["one", "two"]
    if tier >= Tier.T2 or probe().other_user:
        assert written == ["here"]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "", ".", "a\0b"])
def test_names_lead_nowhere_else(name):
    with pytest.raises(ValueError, match="names of files must be relative"):
        cell.open_cell("tryout.py", {name: b""}, tier=Tier.T1, limits=Limits())


def test_wrong_scripts_and_tiers_are_refused():
    with pytest.raises(ValueError, match=r"script must be one of worker\.py"):
        cell.open_cell("cell.py", {}, tier=Tier.T1, limits=Limits())
    with pytest.raises(ValueError, match="T0 has no cell"):
        cell.open_cell("tryout.py", {}, tier=Tier.T0, limits=Limits())


def test_what_it_took_is_counted(tier):
    code = """
    import time
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
    tell(1)
    time.sleep(600)
    """
    with start(tier, code) as child:
        assert child.usage.cpu_seconds == 0
        line(child)
    assert child.usage.cpu_seconds > 0.35
    assert child.usage.memory > 1 << 20


def test_the_interpreter_is_the_one_below_a_virtual_environment():
    found = Path(furniture.interpreter())
    assert not (found.parent.parent / "pyvenv.cfg").exists()
    seen = subprocess.run(
        [found, "-I", "-S", "-c", "import sys; print(sys.version_info[:2])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert seen.stdout.strip() == str(sys.version_info[:2])


def test_a_fresh_virtual_environment_works_too(tmp_path, tier):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    code = f"""
    import site, sys, time
    for folder in sys.argv[1:]:
        site.addsitedir(folder)  # with what makes an editable package visible
    from linclf.grading.cell import open_cell
    from linclf.grading.limits import Limits
    from linclf.grading.tiers import Tier
    assert sys.prefix != sys.base_prefix
    with open_cell("tryout.py", {{"main.py": b"import sys; tell(sys.prefix == sys.base_prefix)"}},
                   tier=Tier({int(tier)}), limits=Limits()) as cell:
        print(cell.receive(4, time.monotonic() + 100))
    """
    python = tmp_path / "venv" / "bin" / "python"
    folders = [entry for entry in sys.path if entry.endswith("-packages")]
    done = subprocess.run(
        [python, "-c", textwrap.dedent(code), *folders],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "b'true'\n", done.stderr


# --- tiers


def test_the_probe_says_what_lacks():
    here = probe()
    assert probe() is here
    for tier in (Tier.T2, Tier.T3):
        assert (tier.name in here.reasons) == (tier > here.tier)
    assert ("other_user" in here.reasons) != here.other_user
    rows = here.describe()
    assert len(rows) == 7
    for _, value, help_ in rows:
        assert value
        assert value != "no" or help_ or here.tier >= Tier.T2


def _again(monkeypatch):
    """Let the probe forget, now and after the test."""
    monkeypatch.setattr(tiers, "probe", tiers.probe.__wrapped__)
    return tiers.probe()


def test_without_bubblewrap_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    here = _again(monkeypatch)
    assert here.tier <= Tier.T2
    assert here.bwrap is None
    if here.tier == Tier.T2:
        assert "apt install bubblewrap" in here.reasons["T3"]


def test_a_bubblewrap_that_may_not_work_is_no_tier(monkeypatch):
    if probe().tier < Tier.T2:
        pytest.skip("needs T2")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # pytest's own are closed to the users of cells
        fake = Path(folder, "bwrap")
        fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied'; exit 1\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
        here = _again(monkeypatch)
    assert here.tier == Tier.T2
    assert "setting up uid map: Permission denied" in here.reasons["T3"]
    assert "AppArmor" in here.reasons["T3"]


POOR = Isolation(Tier.T1, 0, True, None, False, {"T2": "no Landlock", "T3": "it needs T2"})


def test_a_tier_that_is_not_there_is_refused_with_the_reason(monkeypatch):
    monkeypatch.setattr(cell, "probe", lambda: POOR)
    with pytest.raises(TierError, match="this machine offers T1, not T2: no Landlock"):
        cell.open_cell("tryout.py", {}, tier=Tier.T2, limits=Limits())


@pytest.mark.parametrize(
    ("wanted", "required", "expected"),
    [
        (None, None, Tier.T1),
        (Tier.T0, None, Tier.T0),
        (Tier.T1, Tier.T1, Tier.T1),
        (None, Tier.T1, Tier.T1),
        (Tier.T2, None, "offers tier T1, not T2: T2: no Landlock"),
        (None, Tier.T3, "offers tier T1, not T3: T2: no Landlock; T3: it needs T2"),
        (Tier.T0, Tier.T1, "tier T0 was asked for, but at least T1 is required"),
    ],
)
def test_the_tier_is_chosen(monkeypatch, wanted, required, expected):
    monkeypatch.setattr(tiers, "probe", lambda: POOR)
    if isinstance(expected, Tier):
        assert choose(wanted, required) is expected
    else:
        with pytest.raises(TierError, match=expected):
            choose(wanted, required)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"seconds": 0}, ValueError, "seconds must be a positive number, got 0"),
        ({"seconds": float("nan")}, ValueError, "seconds must be a positive number"),
        ({"load_seconds": float("inf")}, ValueError, "load_seconds must be a positive number"),
        ({"files": 2.5}, TypeError, r"files must be an integer, got 2\.5"),
        ({"seconds": True}, TypeError, "seconds must be a number, got True"),
        ({"seconds": "1"}, TypeError, "seconds must be a number, got '1'"),
        ({"memory": 1000}, ValueError, "memory must be at least 268435456"),
        ({"files": 3}, ValueError, "files must be at least 16"),
    ],
)
def test_limits_are_checked(given, error, said):
    with pytest.raises(error, match=said):
        Limits(**given)


def test_the_lowest_limits_suffice_to_start(tier):
    limits = Limits(memory=512 << 20, files=16, processes=1, file_size=1 << 12)
    with start(tier, "tell(float(np.linalg.det(np.eye(4))))", limits) as child:
        assert line(child) == 1.0


def test_users_are_taken_once_and_given_back():
    taken = [users.take_user() for _ in range(10)]
    try:
        assert len(set(taken)) == 10
        assert all(user > 1000 for user in taken)
    finally:
        for user in taken:
            users.release_user(user)
    again_taken = users.take_user()
    users.release_user(again_taken)
    assert again_taken in taken


@pytest.mark.slow
@pytest.mark.parametrize("who", IDENTITIES)
def test_all_of_it_holds_again(who, tmp_path):
    again(__file__, who, tmp_path)
