"""Races linclf against NumPy, PyTorch and scikit-learn, and against the limits of the machine.

    make bench                                everything; takes most of an hour
    make bench ARGS="--quick"                 every row for a moment, at reduced sizes
    make bench ARGS="--only cifar,sgd"        the SGD steps of the CIFAR size
    make bench ARGS="--write-results"         also writes RESULTS.md beside this file

`__main__` starts one process for each set of kernels, whose environment it scrubs; `child` is that
process. What is raced is in `works`, one module a kind of work; `targets` are what it should reach.
"""
