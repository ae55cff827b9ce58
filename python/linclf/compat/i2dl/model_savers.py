"""``exercise_code.model_savers``: trained models as the files that are handed in.

A model goes to ``models/<name>.p`` in the working folder, as a pickle of ``{name: model}``.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

__all__ = ["save_model", "save_softmax_classifier"]


def save_model(modelname: str, data: Any) -> None:
    """Pickle ``{modelname: data}`` to ``models/<modelname>.p``."""
    file = Path("models", f"{modelname}.p")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(pickle.dumps({modelname: data}))


def save_softmax_classifier(classifier: Any) -> None:
    """Save a classifier as ``models/softmax_classifier.p``."""
    save_model("softmax_classifier", classifier)
