"""The zip that Gradescope makes an autograder of: upload it, and that is all.

``run_autograder`` puts an all-zero ``results.json`` in place before anything else, closes the
folders of the grader to submissions, grades under a deadline, and then turns whatever record there
is into ``results.json``. No exit code counts, only that record. Gradescope starts it as root, so
every submission runs under the number of a user that does not exist and owns nothing (T1u), and
with what the kernel there allows (T2). The same assignment and secret give the same bytes.

The zip holds the secret and the tests: it is for Gradescope and for nobody else.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from linclf import __version__
from linclf.grading.exporters.gradescope import payload
from linclf.grading.exporters.options import ExportError
from linclf.grading.results import Results
from linclf.grading.rubric import Assignment, load, shipped
from linclf.grading.sinks import json_text, one_line

__all__ = ["SECONDS", "gradescope_zip"]

SECONDS = 540
"""For grading one submission; Gradescope stops a container after 600 by default."""

_SKIPPED = {"__pycache__", "node_modules", "results", "submissions", "submitted"}
_MOST_FILES, _MOST_BYTES = 2000, 100 << 20

_SETUP = r"""#!/usr/bin/env bash
# Installs linclf into /opt/linclf. Made by linclf {version}.
set -euo pipefail
cd "$(dirname "$0")"

suits() {{
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}}
find_python() {{
  for name in python3.13 python3.12 python3.11 python3; do
    if suits "$name"; then command -v "$name"; return; fi
  done
  return 1
}}

if ! python=$(find_python); then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y --no-install-recommends python3.12 python3.12-venv ||
    apt-get install -y --no-install-recommends python3.11 python3.11-venv ||
    apt-get install -y --no-install-recommends python3 python3-venv
  python=$(find_python)
fi
"$python" -m venv /opt/linclf
/opt/linclf/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
  --find-links wheels --requirement requirements.txt
/opt/linclf/bin/python -I -c 'import linclf.grading'
"""

_RUN = r"""#!/usr/bin/env bash
# Grades one submission of {title}. Made by linclf {version}.
# Whatever happens below, results.json is there: no exit code is looked at.
set -u
root=${{1:-/autograder}}
python=${{2:-/opt/linclf/bin/python}}
umask 077
cd "$root" || exit 1

cp source/initial.json results/.initial && mv -f results/.initial results/results.json
rm -f results/linclf.json results/linclf.times.json
# Submissions run as users that own nothing: what is closed to others is closed to them.
chmod -R go= source
chmod go= results submission

step() {{
  timeout --kill-after=10 "$2" \
    "$python" -I -m linclf.grading.exporters.on_gradescope "$1" "$root" {seconds} {tier} </dev/null
}}
step grade {seconds}
step finish 40
exit 0
"""


class _Nobody:
    """Stands for the submission in the results that are written before there is one."""

    name = "not graded yet"
    digest = ""


def gradescope_zip(
    rubric: str | Path,
    secret: bytes,
    *,
    wheels: Sequence[Path | str] = (),
    seconds: int = SECONDS,
    require_tier: int = 0,
) -> bytes:
    """Return the zip to upload as an autograder.

    Parameters
    ----------
    rubric : str or Path
        What `linclf.grading.rubric.load` reads. Of a folder, all files go along but hidden ones,
        caches and folders of submissions and results.
    secret : bytes
        Of the course.
    wheels : sequence of Path or str
        Wheels to install from, for a version of linclf that is on no index.
    seconds : int
        For grading one submission.
    require_tier : Tier or int
        Nothing is graded there if it cannot be had; what the rubric asks for counts in any case.

    Returns
    -------
    zip : bytes
        The same for the same input.

    Raises
    ------
    ExportError
        If the folder is too large, or a wheel is none.
    linclf.grading.rubric.RubricError
        If the rubric cannot be used.

    Examples
    --------
    >>> import io, zipfile
    >>> data = gradescope_zip("multiclass_hinge", b"sixteen bytes or more")
    >>> zipfile.ZipFile(io.BytesIO(data)).namelist()[:3]
    ['assignment/rubric.toml', 'initial.json', 'requirements.txt']
    """
    assignment = load(rubric)
    if seconds < 30:
        raise ExportError(f"seconds is {seconds}; a submission needs at least 30")
    blank = Results.blank(assignment, _Nobody, 0)
    words = {
        "version": one_line(__version__, 40),
        "title": re.sub(r"[^\w .,:-]", "", one_line(assignment.title, 80)),  # it is in a comment
        "seconds": str(int(seconds)),
        "tier": str(int(max(require_tier, assignment.min_tier))),
    }
    files: dict[str, bytes] = {
        "setup.sh": _SETUP.format(**words).encode(),
        "run_autograder": _RUN.format(**words).encode(),
        "requirements.txt": f"linclf[grade]=={__version__}\n".encode(),
        "initial.json": json_text(payload(blank)).encode(),
        "secret": secret,
        **_assignment_files(rubric, assignment),
    }
    for wheel in map(Path, wheels):
        if wheel.suffix != ".whl":
            raise ExportError(f"wheels has {wheel.name!r}, which is no wheel; build one first")
        files[f"wheels/{wheel.name}"] = wheel.read_bytes()
    return _packed(files)


def _assignment_files(rubric: str | Path, assignment: Assignment) -> dict[str, bytes]:
    """Return the rubric as ``rubric.toml``, with what lies beside it if anything there is run."""
    path = Path(rubric)
    file = path if path.is_file() else path / "rubric.toml"
    if assignment.folder is None:
        file = path if path.is_file() else shipped()[str(rubric)]
    own = {"assignment/rubric.toml": file.read_bytes()}
    if assignment.folder is None or (path == file and not any(i.test for i in assignment.items)):
        return own
    folder, files, size = assignment.folder, {}, 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part in _SKIPPED for part in parts):
            continue
        if path.is_symlink() or not path.is_file():
            continue
        files["/".join(("assignment", *parts))] = data = path.read_bytes()
        size += len(data)
        if len(files) > _MOST_FILES or size > _MOST_BYTES:
            raise ExportError(
                f"{folder} has more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MiB; "
                "keep submissions and data somewhere else"
            )
    return files | own


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files: in order, without times, not compressed: bytes of theirs alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.create_system = 3  # Unix, wherever this runs: it says how to read the mode
            mode = 0o755 if name in ("setup.sh", "run_autograder") else 0o600
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, files[name])
    return target.getvalue()
