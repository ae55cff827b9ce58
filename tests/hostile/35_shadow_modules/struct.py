"""Takes the place of the module of this name, if it is found first."""

import os

os.write(1, b"\nHARM: a shadow module was imported\n")
