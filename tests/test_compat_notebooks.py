"""A notebook in the style of each course runs top to bottom after `install`, in its own folder.

The scripts in `compat_notebooks` hold the cells. Each writes small data in the course's file format
into the folder that it is run in, and checks what the course says that one should see.
"""

import shutil
from pathlib import Path

import pytest
from processes import run_file

NOTEBOOKS = sorted((Path(__file__).parent / "compat_notebooks").glob("*.py"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_of_the_course_runs_top_to_bottom(notebook, tmp_path):
    pytest.importorskip("matplotlib")
    for line in notebook.read_text().splitlines():
        if line.startswith("# needs: "):
            pytest.importorskip(line.removeprefix("# needs: "))
    script = tmp_path / "notebook.py"  # under its own name it would hide the course's modules
    shutil.copy(notebook, script)
    printed = run_file(script, cwd=tmp_path, MPLBACKEND="agg", PYTHONWARNINGS="error")
    assert printed.endswith("This is the end of the notebook.\n")
