"""The installation tells what it is, and tests itself."""

import pytest
from linclf import _linclf, config, self_test, show_config


def test_the_configuration_names_what_a_bug_report_needs():
    found = show_config("dict")
    assert found["linclf"] == _linclf.__version__
    assert found["extension"] == _linclf.__file__
    assert found["CPU level"].startswith(_linclf.isa())
    assert all(name in found["CPU level"] for name in _linclf.isas())
    assert found["threads"] == str(_linclf.default_threads())
    assert {"compiler", "flags", "build type", "NumPy", "Python"} < set(found)


def test_the_configuration_is_printed_one_line_each(capsys):
    assert show_config() is None
    lines = capsys.readouterr().out.splitlines()
    for line, (name, value) in zip(lines, show_config("dict").items(), strict=True):
        assert line.startswith(name)
        assert line.endswith(value)


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="'stdout' or 'dict'"):
        show_config("json")


def test_every_check_passes_on_every_instruction_set(isa):
    for name, passed, detail in self_test():
        assert passed, f"{name}: {detail}"


def test_the_lecture_scores_are_shown():
    details = {check.name: check.detail for check in self_test()}
    assert "2.9, 0, 12.9; mean 5.266667" in details.values()
    assert "2.040355" in details.values()


def test_what_a_check_raises_is_reported_and_the_others_still_run(monkeypatch):
    def broken():
        raise RuntimeError("no such instruction")

    tests = {"broken": broken, "fine": lambda: (True, "ok")}
    monkeypatch.setattr(config, "_TESTS", tests)
    assert self_test() == [
        ("broken", False, "RuntimeError: no such instruction"),
        ("fine", True, "ok"),
    ]
