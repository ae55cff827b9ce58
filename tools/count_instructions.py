"""Compare the instructions that six reference calls take with those on record.

    count_instructions.py <program> [--update]

The program is tests/c/count_instructions.c, built as it ships. Instructions are counted by
valgrind's callgrind on the AVX2 kernels, so they depend neither on the machine's load nor on its
speed; on the compiler and the C library they do, so each toolchain has its own record. More than
3 % above the record is a failure. --update makes today's counts the record.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

RECORD = Path(__file__).parent.parent / "tests" / "instruction_counts.toml"
ALLOWED = 0.03
SKIPPED = 77  # the program's exit status
UPDATE = "`make instructions ARGS=--update`"
WORTH_IT = f"Find out why. If it is worth it, {UPDATE}, and say so in CHANGELOG.md."

HEAD = """\
# Instructions that the calls of tests/c/count_instructions.c take on the AVX2 kernels, for each
# toolchain that was met. Written by `make instructions ARGS=--update`.
"""
NAME = re.compile(r"^desc: Trigger: Client Request: (.*)$", re.MULTILINE)
TOTAL = re.compile(r"^(?:totals|summary): (\d+)$", re.MULTILINE)


def count(program):
    """Return the instructions of every reference call, or None where they cannot be counted."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no"]
        out = f"--callgrind-out-file={folder}/counts"
        done = subprocess.run([*command, out, program], capture_output=True, text=True)
        if done.returncode == SKIPPED:
            print(f"skipped: {done.stderr.strip()}")
            return None
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} {program}:\n{done.stdout}{done.stderr}")
        return dict(filter(None, map(read_dump, sorted(Path(folder).iterdir()))))


def read_dump(path):
    """Return the name of the call whose counts a file of callgrind's holds, and their sum."""
    text = path.read_text()
    name, total = NAME.search(text), TOTAL.search(text)
    return (name[1], int(total[1])) if name and total else None


def compare(counts, record):
    """Print a table; return a sentence on it, and whether that is a failure."""
    more, less = [], []
    for name, now in counts.items():
        before = record.get(name)
        change = (now - before) / before if before else 0.0
        known = f"{before:12,} {change:+7.1%}" if before else f"{'new':>12}"
        print(f"{name:56} {now:12,}  on record {known}")
        more += [name] * (change > ALLOWED)
        less += [name] * (change < -ALLOWED)
    if more:
        return f"More than {ALLOWED:.0%} above the record: {'; '.join(more)}. {WORTH_IT}", True
    if counts.keys() != record.keys():
        return f"Other calls than on record: {UPDATE}.", True
    if less:
        return f"Fewer instructions: {UPDATE} keeps it so.", False
    return "As many instructions as on record.", False


def write(records):
    """Write the record of all toolchains."""
    parts = [HEAD]
    for toolchain, counts in sorted(records.items()):
        lines = [f'"{name}" = {instructions}' for name, instructions in counts.items()]
        parts.append("\n".join([f'\n["{toolchain}"]', *lines, ""]))
    RECORD.write_text("".join(parts))


def main(program, option=""):
    """Compare or update; the exit status is 1 if a call takes too many instructions."""
    if option not in ("", "--update"):
        print(__doc__)
        return 1
    if option and os.environ.get("CI"):
        print("CI is set: the record is not changed where it is tested")
        return 1
    if not Path(program).exists():
        print("skipped: built without valgrind/callgrind.h, or not for x86-64")
        return 0
    done = subprocess.run([program, "--toolchain"], check=True, capture_output=True, text=True)
    toolchain = done.stdout.strip()
    records = tomllib.loads(RECORD.read_text()) if RECORD.exists() else {}
    if toolchain not in records and not option:
        print(f"skipped: nothing on record for {toolchain}, but for {'; '.join(records)}.")
        print(f"{UPDATE} adds it.")
        return 0
    counts = count(program)
    if counts is None:
        return 0
    print(toolchain)
    verdict, bad = compare(counts, records.get(toolchain, {}))
    if option:
        write({**records, toolchain: counts})
        print(f"{RECORD.name} is up to date.")
        return 0
    print(verdict)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
