"""Grade homework: submissions run in a cell of their own, verdicts are computed outside of it."""
