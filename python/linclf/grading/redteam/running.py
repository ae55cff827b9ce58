"""Run the hostile suite on this machine: does its isolation hold what it promises?

    report = run(tier=Tier.T2)
    print(report)

Each hostile submission is graded through the real engine by a grader of its own kind, a child of
this process, which is watched for harm. An attack has failed if it earns no point that an honest
wrong answer would not earn, harms nothing, ends in time, and gets a fitting category.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import json
import os
import pwd
import queue
import selectors
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from linclf.grading.tiers import Tier, choose

__all__ = ["FEW", "STRANGER", "Attack", "Outcome", "Report", "attacks", "main", "run", "suite"]

STRANGER = 61999
"""User id of the unprivileged grader: nobody's, so that it can harm nobody."""

FEW = (
    "01_correct",
    "02_honest_wrong",
    "10_exit_with_results",
    "12_daemon",
    "20_memory_bomb",
    "23_disk_fill",
    "25_reads_tests",
    "26_kills_the_parent",
    "27_reads_the_parent",
    "28_network",
    "64_strangles_the_parent",
    "65_signal_by_owner",
    "66_changes_modes",
    "84_hidden_disk_fill",
)
"""Attacks on what the tier and the user decide about, for where there is no time for all."""

_WRONG = ("wrong_value", "wrong_gradient")
_PATIENCE = 120.0  # seconds for a grader to answer; a grader that was paused is no harm
# A grader of another user has the paths of this one: not its home, nor its environment.
_BOOT = (
    "import site, sys; [site.addsitedir(path) for path in sys.argv[5:]]; "
    "from linclf.grading.redteam.grader import main; main(sys.argv[1:5])"
)


@dataclass(frozen=True, slots=True)
class Attack:
    """A hostile submission and what must come of it.

    Attributes
    ----------
    folder : str
        Its name.
    tries : str
        What it tries, in a few words.
    made : str
        The maker in `linclf.grading.redteam.makers` that builds it; "" if it lies in its folder.
    earns, may_earn : tuple of str
        Items that it earns, or may earn; no other.
    categories : tuple of str
        That the other items may end with.
    looks_for : tuple of str
        The harm that it is after.
    """

    folder: str
    tries: str
    made: str = ""
    earns: tuple[str, ...] = ()
    may_earn: tuple[str, ...] = ()
    categories: tuple[str, ...] = _WRONG
    looks_for: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What came of an attack.

    Attributes
    ----------
    attack : Attack
    seconds : float
        That grading took.
    items : dict
        ``earned`` and ``points`` in 1/100, ``category`` and first ``text`` of each item.
    harms : list of str
        What it did that it must not be able to do.
    problems : list of str
        Where points, category or time are not as they should be.
    """

    attack: Attack
    seconds: float = 0.0
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    harms: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the attack failed."""
        return not (self.harms or self.problems)

    @property
    def earned(self) -> int:
        """Points, in 1/100."""
        return sum(item["earned"] for item in self.items.values())

    @property
    def category(self) -> str:
        """The categories of its items, each once."""
        return ", ".join(dict.fromkeys(item["category"] for item in self.items.values())) or "-"


@dataclass
class Report:
    """What came of the suite.

    Attributes
    ----------
    tier : Tier
        That it ran at.
    user : str
        Whose grader was attacked: ``"root"``, a name, or ``"uid 61999"``.
    seconds : float
        In all.
    outcomes : list of Outcome
    """

    tier: Tier
    user: str
    seconds: float
    outcomes: list[Outcome]

    @property
    def ok(self) -> bool:
        """Whether every attack failed."""
        return all(outcome.ok for outcome in self.outcomes)

    def __str__(self) -> str:
        """A table: attack, score, category, seconds, harm."""
        lines = [
            f"hostile suite at {self.tier.name} as {self.user}: {len(self.outcomes)} submissions "
            f"in {self.seconds:.0f} s",
            "",
            f"{'attack':28} {'score':>6}  {'category':36} {'seconds':>7}  harm",
        ]
        for one in self.outcomes:
            score, category = f"{one.earned / 100:g}", one.category[:36]
            harm = "YES" if one.harms else "no"
            lines.append(
                f"{one.attack.folder:28} {score:>6}  {category:36} {one.seconds:7.2f}  {harm}"
            )
            lines += [f"    {text}" for text in (*one.harms, *one.problems)]
        failed = sum(not outcome.ok for outcome in self.outcomes)
        lines += ["", f"{failed} of them got through" if failed else "none got through"]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {"tier": int(self.tier), "ok": self.ok, **asdict(self)}


def suite() -> Path:
    """Return the folder of the hostile submissions that came with linclf.

    Raises
    ------
    FileNotFoundError
        If it was installed without them.
    """
    folder = importlib.resources.files("linclf").joinpath("data", "hostile")
    if not folder.joinpath("expected.toml").is_file():
        raise FileNotFoundError(
            "this installation of linclf has no hostile submissions: it was built without them; "
            "install it again with: pip install --force-reinstall linclf"
        )
    for one in folder.iterdir():
        if one.name == "expected.toml" and isinstance(one, Path):
            return one.parent
    raise FileNotFoundError("linclf is installed in an archive, where no process can start from")


def attacks(folder: Path | None = None) -> list[Attack]:
    """Return every attack of the suite, in order.

    Parameters
    ----------
    folder : Path, optional
        Of a suite; by default that of `suite`.

    Examples
    --------
    >>> first = attacks()[0]
    >>> first.folder, first.tries
    ('01_correct', 'control: a correct answer')
    """
    text = ((folder or suite()) / "expected.toml").read_text(encoding="utf-8")
    found = []
    for row in tomllib.loads(text)["attacks"]:
        told: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        found.append(Attack(**told))
    return found


def run(
    *,
    tier: Tier | None = None,
    names: Iterable[str] | None = None,
    jobs: int = 2,
    user: int | None = None,
    folder: Path | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> Report:
    """Grade hostile submissions and watch what they do.

    Parameters
    ----------
    tier : Tier, optional
        By default the best of this machine.
    names : iterable of str, optional
        Folders of the suite; by default all of them.
    jobs : int
        How many graders are attacked at once.
    user : int, optional
        Id of the user to grade as; needs root. By default this one.
    folder : Path, optional
        Of another suite.
    progress : callable, optional
        Called with each outcome.

    Raises
    ------
    ValueError
        If the tier is below T2: there the attacks would harm the machine, as is known.
    linclf.grading.tiers.TierError
        If this machine does not have the tier.
    """
    tier = choose(tier)
    if tier < Tier.T2:
        raise ValueError(
            f"the hostile suite does not run at {tier.name}: nothing would keep its attacks from "
            "this machine; `linclf grade doctor` says what T2 needs"
        )
    folder = folder or suite()
    wanted = None if names is None else set(names)
    chosen = [one for one in attacks(folder) if wanted is None or one.folder in wanted]
    if wanted and (unknown := wanted - {one.folder for one in chosen}):
        raise ValueError(f"names: {', '.join(sorted(unknown))} are not in the suite")
    begun = time.monotonic()
    todo: queue.SimpleQueue[Attack] = queue.SimpleQueue()
    for one in chosen:
        todo.put(one)
    outcomes: dict[str, Outcome] = {}

    def work() -> None:
        with _Grader(folder, tier, user) as grader:
            while True:
                try:
                    attack = todo.get_nowait()
                except queue.Empty:
                    return
                outcome = grader.attack(attack)
                if _is_hurried(outcome):
                    outcome = grader.attack(attack)
                outcomes[attack.folder] = outcome
                if progress:
                    progress(outcome)

    with ThreadPoolExecutor(max(1, min(jobs, len(chosen)))) as pool:
        working = [pool.submit(work) for _ in range(jobs)]
        for one_job in working:
            one_job.result()
    seconds = time.monotonic() - begun
    return Report(tier, _name_of(user), seconds, [outcomes[one.folder] for one in chosen])


def _is_hurried(outcome: Outcome) -> bool:
    """Tell whether time ran out where it should not: a machine under load deserves another try."""
    found = {item["category"] for item in outcome.items.values()}
    late = "timeout" in found and "timeout" not in outcome.attack.categories
    return late and not outcome.harms


def _name_of(user: int | None) -> str:
    number = os.geteuid() if user is None else user
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(number).pw_name
    return f"uid {number}"


class _Grader:
    """A process that is attacked; a new one whenever it has not survived."""

    def __init__(self, folder: Path, tier: Tier, user: int | None) -> None:
        self._folder, self._tier, self._user = folder, tier, user
        self._process: subprocess.Popen[bytes] | None = None
        self._base = Path()

    def __enter__(self) -> _Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def attack(self, attack: Attack) -> Outcome:
        """Have a submission graded, and judge what came of it."""
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(asdict(attack)).encode() + b"\n")
            process.stdin.flush()
            answer = self._line(process)
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            ended = "hung" if process.returncode is None else f"ended with {process.returncode}"
            errors = (self._base / "errors.txt").read_text(errors="replace")
            self._stop()
            return Outcome(attack, harms=[f"the grader {ended}: {errors[-500:]}"])
        told = json.loads(answer)
        outcome = Outcome(attack, told["seconds"], told["items"], told["harms"])
        outcome.problems = list(_problems(attack, told, self._tier))
        return outcome

    def _start(self) -> subprocess.Popen[bytes]:
        base = self._base = Path(tempfile.mkdtemp(prefix="linclf-redteam-"))
        work = base / "work"
        work.mkdir()
        arguments = [str(self._folder), str(work), str(int(self._tier)), str(os.getpid())]
        command = [sys.executable, "-P", "-m", "linclf.grading.redteam.grader", *arguments]
        other: dict[str, Any] = {}
        if self._user is not None:
            base.chmod(0o755)
            os.chown(work, self._user, self._user)
            paths = [path for path in (*site.getsitepackages(), *sys.path) if os.path.isdir(path)]
            command = [_interpreter(self._user), "-P", "-c", _BOOT, *arguments]
            command += dict.fromkeys(paths)
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
            other = {"user": self._user, "group": self._user, "extra_groups": []}
            other |= {"env": environment, "cwd": "/"}
        with open(base / "errors.txt", "wb") as errors:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                **other,
            )
        self._process = process
        if self._line(process) != b"ready\n":
            text = (base / "errors.txt").read_text(errors="replace")
            self._stop()
            raise RuntimeError(f"the grader does not start: {text[-2000:]}")
        return process

    @staticmethod
    def _line(process: subprocess.Popen[bytes]) -> bytes:
        """Return what the grader says next, or what there is of it when time is up."""
        assert process.stdout is not None
        descriptor, end, line = process.stdout.fileno(), time.monotonic() + _PATIENCE, b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(0.0, end - time.monotonic())):
                    return line
                data = os.read(descriptor, 1 << 16)
                if not data:
                    return line
                line += data
        return line

    def _stop(self) -> None:
        """End the grader and all that it started, and remove its folder."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
        shutil.rmtree(self._base, ignore_errors=True)


def _interpreter(user: int) -> str:
    """Return a Python of this version that another user can start.

    Raises
    ------
    RuntimeError
        If there is none: an interpreter in somebody's home is nobody else's.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        with contextlib.suppress(OSError):
            asked = subprocess.run(
                [path, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)"],
                user=user,
                group=user,
                extra_groups=[],
                cwd="/",
                env={},
                capture_output=True,
                text=True,
                check=False,
            )
            if asked.stdout.strip() == sys.implementation.cache_tag:
                return path
    raise RuntimeError(f"user {user} can start no {version}: {sys.executable} is out of its reach")


def _problems(attack: Attack, told: dict[str, Any], tier: Tier) -> Iterable[str]:
    """Yield where an outcome is not what it should be."""
    if told["tier"] != tier:
        yield f"it was graded at T{told['tier']}, not at {tier.name}"
    limit = 30 + 15 * len(told["items"])
    if told["seconds"] > limit:
        yield f"it took {told['seconds']} s, more than {limit}"
    for id, item in told["items"].items():
        earned, points, category = item["earned"], item["points"], item["category"]
        if id in attack.earns:
            if earned != points:
                yield f"{id}: earned {earned} of {points} ({category}): {item['text']}"
        elif earned and id not in attack.may_earn:
            yield f"{id}: earned {earned}, which an honest wrong answer would not"
        elif not earned and category not in attack.categories:
            yield f"{id}: ended as {category}, not {' or '.join(attack.categories)}: {item['text']}"
    yield from (f"note: {note}" for note in told["notes"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite from a command line; the exit status is 1 if an attack got through."""
    import argparse

    parser = argparse.ArgumentParser(prog="redteam", description="Attack a grader of your own.")
    parser.add_argument("names", nargs="*", help="attacks; default: all")
    parser.add_argument("--tier", type=int, choices=(2, 3), help="default: the best of here")
    parser.add_argument("--jobs", type=int, default=2, help="graders at once (default: 2)")
    parser.add_argument("--few", action="store_true", help="those that depend on the tier")
    parser.add_argument("--user", type=int, help=f"as another user, such as {STRANGER}; as root")
    parser.add_argument("--suite", type=Path, help="a folder with expected.toml")
    parser.add_argument("--json", action="store_true", help="print everything, as JSON")
    options = parser.parse_args(arguments)
    report = run(
        tier=None if options.tier is None else Tier(options.tier),
        names=options.names or (FEW if options.few else None),
        jobs=options.jobs,
        user=options.user,
        folder=options.suite and options.suite.resolve(),
    )
    print(json.dumps(report.to_dict(), indent=1) if options.json else str(report))
    return 0 if report.ok else 1
