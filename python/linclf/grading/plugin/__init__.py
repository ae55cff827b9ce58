"""The plugin for pytest, once an option asks for it; `linclf_grading` is what pytest itself loads.

- hooks: what pytest calls; settings: what its options say; trust: who may configure it
- collected, rubric_file: which tests and which items of a rubric there are
- running, tally: the evidence of each test, and results made of it, in any order
- fixtures: what tests are given
"""

from linclf.grading.plugin.hooks import GradingPlugin

__all__ = ["GradingPlugin"]
