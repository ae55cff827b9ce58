"""Would be imported by any Python that has this folder on its path."""

import sys

sys.stdout.write("HARM: sitecustomize.py was loaded\n")
