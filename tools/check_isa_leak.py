"""Fail if an object file holds instructions that its CPU need not have.

    check_isa_leak.py <isa> <objdump> <object>...

`isa` is baseline (SSE2, what every x86-64 CPU has) or avx2. The core chooses
its kernels at run time; one AVX instruction in code that always runs would
end the process on an older CPU.
"""

import re
import subprocess
import sys

# The mnemonics of AVX and everything after it begin with v, except for those
# that work on opmask registers; of the older ones only a few privileged do.
WIDE = re.compile(r"%[yz]mm|%k[0-7]\b|^v(?!err|erw|m[a-z]*$)")
AVX512 = re.compile(r"%zmm|%k[0-7]\b|%[xy]mm(1[6-9]|2\d|3[01])\b")
FORBIDDEN = {"baseline": WIDE, "avx2": AVX512}

INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(.*?)\s*$")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")


def leaks(isa, objdump, path):
    """Yield (function, instruction) for every instruction beyond `isa` in the file."""
    command = [objdump, "--disassemble", "--no-show-raw-insn", path]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    function = "?"
    for line in listing.splitlines():
        if match := FUNCTION.match(line):
            function = match[1]
        elif (match := INSTRUCTION.match(line)) and FORBIDDEN[isa].search(match[1]):
            yield function, match[1]


def main(isa, objdump, *objects):
    """Print the first leaks of each object; the exit status is 1 if there is one."""
    clean = True
    for path in objects:
        found = list(leaks(isa, objdump, path))
        clean = clean and not found
        for function, instruction in found[:5]:
            print(f"{path}: {function}: {instruction}: not in {isa}")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
