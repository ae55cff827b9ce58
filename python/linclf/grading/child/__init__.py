"""What runs inside of a cell, as copies of these files: standard library and NumPy, no linclf.

- confine: the first file that runs; it arranges the process, and later locks it
- worker: loads a submission and answers calls; loading, notebook: its files; telling: what is told
- wire, packing: the frames to and from the grader, which uses these two as well
- unpack: takes an archive apart; tryout: does what must not be possible
"""
