"""``python -m linclf.grading.redteam``: the hostile suite from a command line."""

import sys

from linclf.grading.redteam.running import main

if __name__ == "__main__":
    sys.exit(main())
