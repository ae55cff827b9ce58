"""The guard against more instructions: what it lets pass, and what its record holds."""

import pytest

from tools import count_instructions
from tools.count_instructions import compare, read_dump


@pytest.mark.parametrize(
    ("now", "bad", "word"),
    [
        (1030, False, "As many"),
        (1031, True, "More"),
        (970, False, "As many"),
        (969, False, "Fewer"),
    ],
)
def test_three_percent_more_instructions_are_allowed(now, bad, word, capsys):
    verdict, failed = compare({"a call": now, "another": 7}, {"a call": 1000, "another": 7})
    assert failed is bad
    assert verdict.startswith(word)
    assert "a call" in capsys.readouterr().out


@pytest.mark.parametrize(("counts", "record"), [({"a": 1}, {}), ({"a": 1}, {"a": 1, "b": 1})])
def test_calls_that_are_not_those_on_record_are_a_failure(counts, record):
    verdict, failed = compare(counts, record)
    assert failed
    assert "ARGS=--update" in verdict


def test_counts_are_read_from_what_callgrind_writes(tmp_path):
    dump = tmp_path / "counts.1"
    dump.write_text("desc: Trigger: Client Request: a call, 3x4x3\n\nsummary: 123\n\ntotals: 123\n")
    assert read_dump(dump) == ("a call, 3x4x3", 123)
    dump.write_text("desc: Trigger: Program termination\n\ntotals: 0\n")
    assert read_dump(dump) is None


def test_the_record_is_not_changed_where_it_is_tested(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(count_instructions, "RECORD", tmp_path / "record.toml")
    assert count_instructions.main("/bin/true", "--update") == 1
    assert "CI is set" in capsys.readouterr().out
    assert not count_instructions.RECORD.exists()


def test_the_record_is_read_back_as_it_was_written(monkeypatch, tmp_path):
    record = tmp_path / "record.toml"
    monkeypatch.setattr(count_instructions, "RECORD", record)
    counts = {"gcc 12, Release": {"a call": 12}, "clang 14, Release": {"a call": 34}}
    count_instructions.write(counts)
    assert count_instructions.tomllib.loads(record.read_text()) == counts
