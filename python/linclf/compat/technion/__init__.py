"""Drop-in modules for CS236781 of the Technion, homework 1, part 3, also given at Tel Aviv.

    hw1.linear_classifier        `LinearClassifier`, `hyperparams`
    hw1.losses                   `SVMHingeLoss`, `ClassifierLoss`
    hw1.transforms               `BiasTrick` and the other transforms
    hw1.datasets, .dataloaders   `SubsetDataset`, `create_train_validation_loaders`
    cs236781.dataloader_utils    `flatten`
    cs236781.plot                `tensors_as_images`

The modules also answer to the former name of the course, cs236605. Everything takes and returns
tensors of PyTorch, on the CPU. The trainer, not the loss, adds the penalty
``weight_decay / 2 * sum(W**2)``; the bias is the first row of the weights and penalised like the
others.

What belongs to the other parts of the homework, and a student's ``hw1/answers.py``, are not here:
they are found in the course's folder, if that is on ``sys.path``.
"""

_COURSE = {
    "dataloader_utils": "linclf.compat.technion.dataloader_utils",
    "plot": "linclf.compat.technion.plot",
}

MODULES = {
    "hw1.dataloaders": "linclf.compat.technion.dataloaders",
    "hw1.datasets": "linclf.compat.technion.datasets",
    "hw1.linear_classifier": "linclf.compat.technion.linear_classifier",
    "hw1.losses": "linclf.compat.technion.losses",
    "hw1.transforms": "linclf.compat.technion.transforms",
} | {f"{course}.{name}": _COURSE[name] for course in ("cs236781", "cs236605") for name in _COURSE}
