"""Who may configure pytest: never the submission.

pytest executes the conftest.py files of its root folder, and obeys the configuration file there. A
run whose root, configuration or conftest limit lies in a submission would let the submission grade
itself, so it is refused. The engine does not rely on this: it starts pytest in the trusted folder,
with a configuration and plugins that it names (`linclf.grading.testing`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

__all__ = ["option", "path_option", "refuse_untrusted", "untrusted_folder"]


def option(config: pytest.Config, name: str) -> Any:
    """Return an option of this plugin, from the command line or the configuration file."""
    value = getattr(config.known_args_namespace, f"linclf_{name}", None)
    return value if value is not None else getattr(config.option, f"linclf_{name}", None)


def path_option(config: pytest.Config, name: str) -> Path | None:
    """Return an option that is a path; one from the configuration file starts at its folder."""
    value = option(config, name)
    if value is not None:
        return Path(config.invocation_params.dir, value)
    if name in ("assignment", "submission") and (written := config.getini(f"linclf_{name}")):
        return Path(config.rootpath, written)
    return None


def untrusted_folder(config: pytest.Config) -> Path | None:
    """Return the folder that nothing may be taken from; None if there is no submission.

    The folder around a single file counts as well, unless the assignment lies there: then it is
    the instructor's.
    """
    submission, assignment = path_option(config, "submission"), path_option(config, "assignment")
    if submission is None:
        return None
    submission = submission.resolve()
    if submission.is_dir():
        return submission
    folder = submission.parent
    trusted = assignment is not None and assignment.resolve().is_relative_to(folder)
    if trusted or not (folder / "conftest.py").exists():
        return submission
    return folder


def refuse_untrusted(config: pytest.Config) -> None:
    """Check that pytest takes no configuration from the submission.

    Raises
    ------
    pytest.UsageError
        If its root, its configuration file or the limit of its conftest.py files lies there.
    """
    folder = untrusted_folder(config)
    if folder is None:
        return
    known = config.known_args_namespace
    found = {
        "root folder": config.rootpath,
        "configuration file": config.inipath,
        "conftest limit": getattr(known, "confcutdir", None),
    }
    for what, path in found.items():
        if path is not None and Path(path).resolve().is_relative_to(folder):
            raise pytest.UsageError(
                f"the {what} {path} lies in the submission {folder}, which could grade itself that "
                "way; start pytest in the folder of the assignment, or use: linclf grade run"
            )
    for argument in getattr(known, "file_or_dir", None) or []:
        path = Path(config.invocation_params.dir, str(argument).partition("::")[0]).resolve()
        if path.is_relative_to(folder):
            raise pytest.UsageError(
                f"{argument} lies in the submission {folder}, whose code must not run here; name "
                "the tests of the assignment instead"
            )
