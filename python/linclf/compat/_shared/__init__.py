"""What the drop-in modules of several courses share; no names of any course."""
