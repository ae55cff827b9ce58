"""Turns every report into a pass, should pytest find this file."""

import sys


def pytest_runtest_makereport(item, call):
    sys.stdout.write("HARM: conftest.py was loaded\n")


sys.stdout.write("HARM: conftest.py was loaded\n")
