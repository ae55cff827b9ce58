"""Nothing that a submission tries from a locked cell succeeds, and honest code runs as before.

Every attack is made for real in a cell, at each tier that this machine offers; as root, all of it
again as the users that graders are.
"""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from identities import IDENTITIES, again

cell = pytest.importorskip("linclf.grading.cell")
from linclf.grading.limits import Limits  # noqa: E402
from linclf.grading.tiers import Tier, probe  # noqa: E402

PATIENCE = 120.0  # seconds; the machine may be busy, and a test may be stopped for a while

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")


def _offered(tier):
    here = probe()
    if tier > here.tier:
        pytest.skip(f"{tier.name}: {here.reasons[tier.name]}")
    return tier


@pytest.fixture(scope="module", params=[Tier.T2, Tier.T3], ids=["T2", "T3"])
def tier(request):
    """A tier that locks, if this machine offers it."""
    return _offered(request.param)


def run(tier, code, limits=None, files=None, printed=None):
    """Run code in a cell; return what it told. `tell` may be called once."""
    given = {"main.py": textwrap.dedent(code).encode(), **(files or {})}
    deadline = time.monotonic() + PATIENCE
    with cell.open_cell("tryout.py", given, tier=tier, limits=limits or Limits()) as child:
        line = b""
        try:
            while not line.endswith(b"\n"):
                line += child.receive(1, deadline)
        except cell.CellDied:
            print(child.output().decode(errors="replace"))
            raise
        if printed is not None:
            printed.append(child.output())
    return json.loads(line)


def outcome(tier, code, limits):
    """What the code told, or why its cell was ended."""
    try:
        return run(tier, code, limits)
    except cell.CellDied as died:
        return died.reason


# --- what must fail. Each is the body of a function; `secret` is a file of the grader that all may
# read, `ppid` the grader, `raw` makes a system call by its numbers (x86-64, aarch64).

ATTACKS = {
    "fork": "os.fork()",
    "forkpty": "os.forkpty()",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "exec": "os.execv('/bin/true', ['true'])",
    "subprocess": "import subprocess; subprocess.run(['/bin/true'])",
    "system": "assert os.system('true') == 0 or refuse()",
    "vfork": "raw(58, None)",
    "clone": "raw(56, 220, 17, 0, 0, 0, 0)",
    "clone in a namespace": "raw(56, 220, 0x10000011, 0, 0, 0, 0)",
    "execveat": "raw(322, 281, -1, 0, 0, 0, 0)",
    "TCP": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "unix socket": "socket.socket(socket.AF_UNIX)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "socket pair": "socket.socketpair()",
    "names of hosts": "socket.getaddrinfo('example.org', 80)",
    "read a file": "open(secret).read()",
    "read by a link": "os.symlink(secret, 'link'); open('link').read()",
    "read by a hard link": "os.link(secret, 'hard'); open('hard').read()",
    "read a list": "os.listdir(os.path.dirname(secret))",
    "read the tests": "open(tests).read()",
    "read passwords": "open('/etc/passwd').read()",
    "list /": "os.listdir('/')",
    "list /tmp": "os.listdir('/tmp')",
    "environment of the grader": "open(f'/proc/{ppid}/environ').read()",
    "arguments of the grader": "open(f'/proc/{ppid}/cmdline').read()",
    "memory of the grader": "open(f'/proc/{ppid}/mem', 'rb')",
    "maps of the grader": "open(f'/proc/{ppid}/maps')",
    "files of the grader": "os.listdir(f'/proc/{ppid}/fd')",
    "folder of the grader": "os.readlink(f'/proc/{ppid}/cwd')",
    "list processes": "os.listdir('/proc')",
    "own memory by a file": "open('/proc/self/mem', 'r+b')",
    "devices": "open('/dev/mem', 'rb')",
    "terminal": "open('/dev/tty', 'r+b')",
    "shared memory": "open('/dev/shm/linclf-jail', 'w')",
    "overwrite": "open(secret, 'r+').write('x')",
    "append": "open(secret, 'a').write('x')",
    "truncate": "os.truncate(secret, 0)",
    "truncate by opening": "os.open(secret, os.O_RDONLY | os.O_TRUNC)",
    "truncate what is readable": "os.open(os.__file__, os.O_RDONLY | os.O_TRUNC)",
    "delete": "os.unlink(secret)",
    "rename": "os.rename(secret, secret + '-')",
    "take away": "os.rename(secret, 'mine')",
    "put beside": "open('x', 'w').close(); os.rename('x', secret + '-')",
    "write beside": "open(secret + '-', 'w')",
    "make a folder": "os.mkdir(secret + '-')",
    "write in /tmp": "open('/tmp/linclf-jail', 'w')",
    "write in its folder": "open('../submission/main.py', 'a')",
    "write beside work": "open('../more', 'w')",
    "change the configuration": "open('../config.json', 'w')",
    "mode": "os.chmod(secret, 0)",
    "mode of a folder": "os.chmod(os.path.dirname(secret), 0)",
    "mode of an open file": "os.fchmod(os.open(os.__file__, os.O_RDONLY), 0)",
    "times": "os.utime(secret, (0, 0))",
    "owner": "os.chown(secret, os.getuid(), os.getgid())",
    "attributes": "os.setxattr(secret, 'user.x', b'x')",
    "set-user-id": "open('s', 'w').close(); os.chmod('s', 0o4755)",
    "device file": "os.mknod('null', 0o20666, os.makedev(1, 3))",
    "pipe file": "os.mkfifo('pipe')",
    "signal to the grader": "os.kill(ppid, 0)",
    "kill the grader": "os.kill(ppid, 9)",
    "kill all": "os.kill(-1, 9)",
    "kill the group": "os.kill(0, 9)",
    "kill the group of the grader": "os.killpg(os.getpgid(ppid), 9)",
    "kill by tgkill": "raw(234, 131, ppid, ppid, 9)",
    "kill by tkill": "raw(200, 130, ppid, 9)",
    "kill by sigqueue": "raw(129, 138, ppid, 9, 0)",
    "kill by descriptor": "os.pidfd_open(ppid)",
    "signal by a file": "fcntl.fcntl(os.open('f', os.O_CREAT | os.O_RDWR), fcntl.F_SETOWN, ppid)",
    "ptrace": "raw(101, 117, 16, ppid, 0, 0)",
    "be traced": "raw(101, 117, 0, 0, 0, 0)",
    "read memory": "raw(310, 270, ppid, 0, 0, 0, 0, 0)",
    "write memory": "raw(311, 271, ppid, 0, 0, 0, 0, 0)",
    "slow the grader down": "os.setpriority(os.PRIO_PROCESS, ppid, 19)",
    "pin the grader": "os.sched_setaffinity(ppid, {0})",
    "policy of the grader": "os.sched_setscheduler(ppid, os.SCHED_IDLE, os.sched_param(0))",
    "limits of the grader": "resource.prlimit(ppid, resource.RLIMIT_NOFILE, (3, 3))",
    "outlive the grader": "raw(157, 167, 1, 0, 0, 0, 0)",
    "leave the session": "os.setsid()",
    "leave the group": "os.setpgid(0, 0)",
    "another user": "os.setuid(0 if os.getuid() else 1)",
    "another group": "os.setgid(0 if os.getgid() else 1)",
    "memory file": "os.memfd_create('x')",
    "message queue": "raw(240, 180, b'/linclf', 0o102, 0o600, 0)",
    "shared memory segment": "raw(29, 194, 0, 4096, 0o1600)",
    "semaphores": "raw(64, 190, 0, 1, 0o1600)",
    "messages": "raw(68, 186, 0, 0o1600)",
    "keys": "raw(250, 219, 0, -4, 0)",
    "mount": "raw(165, 40, b'none', b'.', b'tmpfs', 0, 0)",
    "unmount": "raw(166, 39, b'/', 2)",
    "chroot": "os.chroot('.')",
    "namespaces": "raw(272, 97, 0x10000000)",
    "enter a namespace": "raw(308, 268, 0, 0)",
    "new mounts": "raw(430, 430, b'tmpfs', 0)",
    "bpf": "raw(321, 280, 0, 0, 0)",
    "perf": "raw(298, 241, 0, 0, -1, -1, 0)",
    "io_uring": "raw(425, 425, 4, 0)",
    "userfaultfd": "raw(323, 282, 1)",
    "seccomp": "raw(317, 277, 0, 0, 0)",
    "Landlock": "raw(444, 444, 0, 0, 1)",
    "watch files": "raw(294, 26, 0)",
    "watch mounts": "raw(300, 262, 0, 0)",
    "open by handle": "raw(304, 265, -1, 0, 0)",
    "openat2": "raw(437, 437, -100, secret.encode(), 0, 0)",
    "a call of the future": "raw(470, 470)",
    "a call of x32": "raw(0x40000000 + 39, 9999)",
    "clone3": "raw(435, 435, 0, 0)",
    "kernel log": "raw(103, 116, 3, 0, 0)",
    "reboot": "raw(169, 142, 0, 0, 0, 0)",
    "clock": "time.clock_settime(time.CLOCK_REALTIME, 0)",
    "host name": "socket.sethostname('x')",
    "swap": "raw(167, 224, b'x', 0)",
    "kernel module": "raw(313, 273, 0, b'', 0)",
    "import linclf": "import linclf",
    "import pytest": "import pytest",
    "import the tests": "import reference",
}

ATTACKER = """
import errno, fcntl, json, os, platform, resource, socket, sys, time
import ctypes
with open("../submission/given.json") as file:
    given = json.load(file)
secret, tests, ppid = given["secret"], given["tests"], given["grader"]
if landlock and os.getppid() not in (0, ppid):
    ppid = os.getppid()
function = ctypes.CDLL(None, use_errno=True).syscall
x86 = platform.machine() == "x86_64"

def refuse():
    raise PermissionError(errno.EPERM, "refused")

def raw(x86_64, aarch64, *arguments):
    number = x86_64 if x86 else aarch64
    if number is None or number == 9999:
        refuse()  # there is no such call
    converted = [a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]
    ctypes.set_errno(0)
    if function(ctypes.c_long(number), *converted) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

outcomes = {}
for name, body in given["attacks"].items():
    try:
        exec(body, globals())
    except socket.gaierror:
        outcomes[name] = "EACCES"  # it could read neither /etc/hosts nor ask a server
    except OSError as error:
        outcomes[name] = errno.errorcode.get(error.errno, str(error))
    except ImportError:
        outcomes[name] = "ImportError"
    else:
        outcomes[name] = "open"
tell(outcomes)
"""
# How the filter, Landlock and an empty file system refuse; EFAULT, EINVAL or ESRCH would be the
# answer of a call that was made.
REFUSED = {"EPERM", "EACCES", "ENOSYS", "ENOENT", "EROFS", "ImportError", "EXDEV"}


@pytest.fixture(scope="module")
def secret():
    """A file of the grader, where everybody may read and write: not below pytest's folders."""
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    path = folder / "secret.txt"
    path.write_text("hidden")
    path.chmod(0o666)
    folder.chmod(0o777)
    yield path
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def outcomes(tier, secret):
    """How each attack ended."""
    given = {"attacks": ATTACKS, "secret": str(secret), "tests": __file__, "grader": os.getpid()}
    return run(tier, ATTACKER, files={"given.json": json.dumps(given).encode()})


@pytest.mark.parametrize("attack", ATTACKS)
def test_is_refused(outcomes, attack):
    assert outcomes[attack] in REFUSED


def test_no_attack_left_a_trace(outcomes, secret):
    assert len(outcomes) == len(ATTACKS)
    assert secret.read_text() == "hidden"
    assert os.listdir(secret.parent) == ["secret.txt"]
    assert secret.stat().st_mode & 0o777 == 0o666
    assert not os.path.exists("/tmp/linclf-jail")
    assert os.getpriority(os.PRIO_PROCESS, 0) < 19


def test_every_attack_works_outside(secret):
    """Else it would prove nothing that one fails. At T1, which locks nothing."""
    harmless = ("TCP", "unix socket", "read a file", "read the tests", "list /", "mode",
                "list processes", "signal to the grader", "be traced", "socket pair",
                "memory file", "watch files", "times", "pipe file",
                "arguments of the grader", "truncate what is readable")  # fmt: skip
    given = {
        "attacks": {name: ATTACKS[name] for name in harmless},
        "secret": str(secret), "tests": __file__, "grader": os.getpid(),
    }  # fmt: skip
    # What can be read need not be what can be truncated.
    given["attacks"]["truncate what is readable"] = (
        "open('own', 'w').close(); os.open('own', os.O_RDONLY | os.O_TRUNC)"
    )
    if probe().other_user:  # another user may not do these in any case
        for name in ("mode", "times", "signal to the grader"):
            del given["attacks"][name]
    try:
        found = run(Tier.T1, ATTACKER, files={"given.json": json.dumps(given).encode()})
    finally:
        secret.chmod(0o666)
    assert {name for name, outcome in found.items() if outcome != "open"} == set()


def test_the_rest_of_the_machine_is_not_even_seen_at_t3(secret):
    code = f"tell([os.path.exists(path) for path in ({str(secret)!r}, '/etc', '/home', '/proc')])"
    seen = run(_offered(Tier.T3), "import os\n" + code)
    assert seen[0] is False
    assert seen[2:] == [False, False]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="a trap of x86-64")
def test_calls_of_another_architecture_end_the_process(tier):
    """The numbers of i386 are others: 2 is fork."""
    code = """
    import ctypes, mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b802000000cd80c3"))  # mov eax, 2; int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    tell(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
    """
    with pytest.raises(cell.CellDied) as caught:
        run(tier, code)
    # A kernel without the calls of i386 faults instead.
    assert caught.value.signal in (signal.SIGSYS, signal.SIGSEGV)


def test_there_is_nothing_of_the_grader_in_the_child(tier, monkeypatch):
    monkeypatch.setenv("LINCLF_GRADING_SECRET", "hidden")
    code = """
    import os, sys
    files = []
    for number in range(256):
        try:
            os.fstat(number)
        except OSError:
            continue
        files.append(number)
    tell({"environment": dict(os.environ), "files": files, "path": sys.path,
          "arguments": sys.orig_argv, "modules": sorted(sys.modules)})
    """
    with open("/dev/null") as extra:
        os.set_inheritable(extra.fileno(), True)
        found = run(tier, code)
    assert "hidden" not in json.dumps(found)
    assert set(found["environment"]) <= {
        "BLIS_NUM_THREADS", "HOME", "LC_ALL", "LC_CTYPE", "MKL_NUM_THREADS", "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS", "PATH", "PWD", "PYTHONHASHSEED", "TMPDIR",
    }  # fmt: skip
    assert found["files"] == [0, 1, 2, 3, 4]
    assert not any("site-packages" in entry for entry in found["path"])
    assert not [name for name in found["modules"] if name.startswith(("linclf", "pytest", "_pyt"))]


HONEST = """
import tempfile, threading, os, io
os.rename
report = {}
a = np.random.default_rng(1).normal(size=(60, 60))
report["solve"] = bool(np.allclose(a @ np.linalg.solve(a, a), a))
report["svd"] = bool(np.allclose(np.linalg.svd(a, compute_uv=False) ** 2,
                                 np.linalg.eigvalsh(a.T @ a)[::-1]))
report["fft"] = bool(np.allclose(np.fft.ifft(np.fft.fft(a)).real, a))
np.random.seed(0)
report["old random"] = np.random.rand() > 0
np.save("a.npy", a)
np.savez_compressed("b.npz", a=a)
report["files"] = bool((np.load("a.npy") == a).all() and (np.load("b.npz")["a"] == a).all())
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("x")
    file.flush()
    report["temporary file"] = open(file.name).read() == "x"
with tempfile.TemporaryDirectory() as folder:
    os.mkdir(folder + "/a")
    open(folder + "/a/b", "w").close()
    os.replace(folder + "/a/b", folder + "/a/c")
    report["temporary folder"] = os.listdir(folder + "/a") == ["c"]
report["gone"] = not os.path.exists(folder)
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    report["threads"] = sum(pool.map(lambda n: float(np.sum(a * n)), range(8))) == sum(
        float(np.sum(a * n)) for n in range(8))
import csv, ctypes, dataclasses, decimal, fractions, functools, hashlib, itertools, json, math
import pickle, random, sqlite3, statistics, unittest, urllib.parse, zlib, lzma, bz2
import asyncio, logging
report["hash"] = hashlib.sha256(b"").hexdigest()[:4] == "e3b0"
report["random"] = random.Random(1).random() > 0
with open(os.devnull, "w") as file:
    print("x", file=file)
import signal
seen = []
signal.signal(signal.SIGUSR1, lambda *a: seen.append(a))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
report["signals to itself"] = len(seen) == 2
import resource, time, datetime, platform
report["limits"] = resource.getrlimit(resource.RLIMIT_CORE)[1] <= 1
report["time"] = datetime.datetime.now().year > 2000 and time.perf_counter() > 0
with open("../submission/data.txt") as file:
    report["own data"] = file.read() == "1 2 3"
report["folder"] = os.getcwd().endswith("/work")
try:
    1 / 0
except ZeroDivisionError:
    import traceback
    report["traceback"] = "main.py" in traceback.format_exc()
print("printed")
tell(report)
"""


@pytest.mark.parametrize("where", list(Tier)[1:], ids=lambda tier: tier.name)
def test_honest_code_runs_as_before(where):
    printed = []
    report = run(_offered(where), HONEST, files={"data.txt": b"1 2 3"}, printed=printed)
    assert {name for name, good in report.items() if good is not True} == set()


def test_sets_have_one_order_in_every_child(tier):
    code = "tell([hash('linclf'), list({'a', 'b', 'c', 'd'})])"
    assert run(tier, code) == run(tier, code)


def test_memory_is_limited(tier):
    code = """
    try:
        bytearray(3 << 30)
    except MemoryError:
        tell("refused")
    else:
        tell("open")
    """
    assert run(tier, code) == "refused"


def test_files_are_limited_in_size_and_number(tier):
    code = """
    import errno
    outcome = []
    try:
        with open("large", "wb") as file:
            for _ in range(64):
                file.write(bytes(1 << 18))
    except OSError as error:
        outcome.append(error.errno)
    files = []
    try:
        for number in range(100):
            files.append(open(f"f{number}", "w"))
    except OSError as error:
        outcome.append(error.errno)
    for file in files:
        file.close()
    tell(outcome)
    """
    found = run(tier, code, Limits(file_size=1 << 20, files=32))
    assert found == [errno.EFBIG, errno.EMFILE]


def test_time_of_the_processor_is_limited(tier):
    code = """
    import signal
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass
    """
    with pytest.raises(cell.CellDied) as caught:
        run(tier, code, Limits(cpu_seconds=1))
    assert caught.value.signal in (signal.SIGXCPU, signal.SIGKILL)


def test_threads_are_limited(tier):
    """By the kernel, or for root, whose threads it does not count, by the grader's look."""
    code = """
    import threading, time
    threading.stack_size(1 << 16)
    started = 0
    try:
        for _ in range(2000):
            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    else:
        time.sleep(600)
    tell(started)
    """
    assert outcome(tier, code, Limits(processes=20)) in [*range(2000), "threads"]


@pytest.mark.parametrize("kind", ["many", "large"])
def test_a_full_folder_ends_it(tier, kind):
    code = """
    import os, time
    try:
        for number in range(20_000 if {many} else 400):
            with open(f"f{{number}}", "wb") as file:
                file.write(bytes(0 if {many} else 1 << 20))
    except OSError as error:
        tell(error.errno)
    time.sleep(600)  # until the grader has looked
    """.format(many=kind == "many")
    limits = Limits(file_size=1 << 20)
    assert outcome(tier, code, limits) in (errno.ENOSPC, "disk")


# --- the extension itself


def script(code, *arguments):
    """Run code in a plain interpreter that has linclf; return what it printed."""
    settings = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True, text=True, env=settings, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def jail():
    """The extension, where the kernel has what it needs."""
    from linclf import _jail

    _offered(Tier.T2)
    return _jail


def test_limits_are_checked(jail):
    with pytest.raises(ValueError, match=r"a limit must be from 0 to 2\*\*62, got -1"):
        jail.limit(memory=-1)
    with pytest.raises(TypeError):
        jail.limit(memory="1")
    with pytest.raises(TypeError):
        jail.limit(1)
    with pytest.raises(TypeError):
        jail.lock("/usr")


def test_limits_are_never_raised(jail):
    code = """
    import resource
    from linclf import _jail
    _jail.limit(files=40)
    _jail.limit(files=1000, processes=None)
    print(resource.getrlimit(resource.RLIMIT_NOFILE))
    """
    assert script(code) == "(40, 40)\n"


def test_a_path_that_is_not_there_is_named(jail):
    code = """
    from linclf import _jail
    try:
        _jail.lock(["/usr", "/not/there"], [])
    except FileNotFoundError as error:
        print(error.filename, error)
    """
    assert script(code).startswith("/not/there [Errno 2] cannot find what Landlock shall allow")


def test_a_second_thread_is_not_overlooked(jail):
    code = """
    import threading, time
    from linclf import _jail
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    try:
        _jail.lock(["/usr"], [])
    except OSError as error:
        print(error)
    """
    assert "the process has other threads" in script(code)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [("landlock", "use Landlock, which this kernel lacks"), ("seccomp", "no seccomp on this")],
)
def test_a_kernel_that_lacks_a_part_is_told_apart(jail, lacking, said):
    """In a jail the calls that would make another are refused: as on an old kernel."""
    code = """
    import sys
    from linclf import _jail
    if sys.argv[1] == "seccomp":
        import ctypes, errno
        libc = ctypes.CDLL(None)
        # A filter that knows one call: seccomp itself does not exist.
        import platform, struct
        number = 317 if platform.machine() == "x86_64" else 277
        steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (6, 0, 0, 0x50000 | errno.ENOSYS),
                 (6, 0, 0, 0x7fff0000)]
        body = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
        program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(body)))
        assert libc.prctl(38, 1, 0, 0, 0) == 0
        assert libc.prctl(22, 2, program, 0, 0) == 0
        assert not _jail.seccomp_available() and _jail.landlock_abi()
    else:
        _jail.lock(["/"], [])
        assert not _jail.landlock_abi()
    try:
        _jail.lock(["/"], [])
    except OSError as error:
        print(error)
    """
    assert said in script(code, lacking)


@pytest.mark.slow
@pytest.mark.parametrize("who", IDENTITIES)
def test_all_of_it_holds_again(who, tmp_path):
    again(__file__, who, tmp_path)
