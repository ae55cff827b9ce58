"""What the options of the plugin say, checked; and the submission that they name."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linclf.grading.plugin.trust import option, path_option
from linclf.grading.rubric import Assignment, RubricError, load, shipped
from linclf.grading.seeds import VARIABLE, SecretError, read_secret
from linclf.grading.tiers import Tier, TierError, choose
from linclf.messages import LANGUAGES
from linclf.messages import language as language_of_reader

if TYPE_CHECKING:
    from linclf.grading.intake import IntakeError, Submission

__all__ = ["Settings"]


class Settings:
    """The options of a run.

    Parameters
    ----------
    config : pytest.Config

    Attributes
    ----------
    rubric : Assignment or None
    language : str
        Of the translations.
    secret : bytes or None
        None: the cases are the public ones.
    into : Path or None
        Where results go.

    Raises
    ------
    pytest.UsageError
        If an option makes no sense.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.rubric = self._rubric()
        self.language = self._language()
        self.secret = self._secret()
        self.into = path_option(config, "results")

    def _rubric(self) -> Assignment | None:
        named = option(self.config, "assignment")
        path = path_option(self.config, "assignment")
        if path is None:
            return None
        try:
            return load(path if path.exists() or named is None else str(named))
        except RubricError as error:
            raise pytest.UsageError(f"--linclf-assignment: {error}") from None

    def _language(self) -> str:
        named = option(self.config, "language")
        if named is not None and named not in LANGUAGES:
            raise pytest.UsageError(
                f"--linclf-language is {named!r}; there are {', '.join(LANGUAGES)}"
            )
        return named or (self.rubric.language if self.rubric else "") or language_of_reader()

    def _secret(self) -> bytes | None:
        path = path_option(self.config, "secret")
        if path is None and not os.environ.get(VARIABLE):
            return None
        try:
            return read_secret(path)
        except SecretError as error:
            raise pytest.UsageError(f"--linclf-secret: {error}") from None

    @cached_property
    def tier(self) -> Tier:
        """How the submission is shut in."""
        required = self.required_tier
        try:
            return choose(self._tier("tier"), required)
        except TierError as error:
            raise pytest.UsageError(str(error)) from None

    @property
    def required_tier(self) -> Tier | None:
        """The weakest isolation that is accepted."""
        asked = self._tier("require_tier")
        least = self.rubric.min_tier if self.rubric else None
        return max((one for one in (asked, least) if one is not None), default=None)

    @property
    def isolation(self) -> str:
        """Whether each test has a worker of its own."""
        return self.rubric.isolation if self.rubric else "item"

    @cached_property
    def submission(self) -> Submission | IntakeError:
        """What is graded; or why it cannot be."""
        from linclf.grading.intake import IntakeError, read_submission

        path = path_option(self.config, "submission")
        if path is None:
            raise pytest.UsageError(
                "there is no submission to grade; name one: --linclf-submission hw1.py"
            )
        try:
            return read_submission(path, tier=self.tier)
        except IntakeError as error:
            return error

    @property
    def rubric_path(self) -> Path | None:
        """The file of the rubric."""
        path = path_option(self.config, "assignment")
        if self.rubric is None or path is None:
            return None
        if not path.exists():
            return shipped()[str(option(self.config, "assignment"))]
        return path / "rubric.toml" if path.is_dir() else path

    @property
    def submission_name(self) -> str | None:
        """How the submission is called on the command line; None if there is none."""
        path = path_option(self.config, "submission")
        return None if path is None else path.name

    def _tier(self, name: str) -> Tier | None:
        """Return a tier as it was named: T2, t2 or 2."""
        named = option(self.config, name)
        if named is None:
            return None
        try:
            return Tier[f"T{str(named).upper().removeprefix('T')}"]
        except KeyError:
            raise pytest.UsageError(
                f"--linclf-{name.replace('_', '-')} is {named!r}; there are "
                f"{', '.join(tier.name for tier in Tier)}"
            ) from None
