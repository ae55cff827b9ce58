"""Sanity checks before a long training, as the courses ask for them.

    chance_loss, first_loss   what the loss should be before anything is learned
    check_chance              whether a start, or a loss of your own, is there
    penalty_decay             how fast the penalty alone shrinks W
    overfit_small             whether twenty samples can be learned by heart
    learning_rate_sweep       short runs at many learning rates, and the one to take

Every check returns an object that prints a sentence and has a truth value.
"""

from linclf.sanity.chance import ChanceCheck, chance_loss, check_chance, first_loss
from linclf.sanity.decay import PenaltyDecay, penalty_decay
from linclf.sanity.overfit import OverfitCheck, overfit_small
from linclf.sanity.rates import LearningRateSweep, learning_rate_sweep

__all__ = [
    "ChanceCheck",
    "LearningRateSweep",
    "OverfitCheck",
    "PenaltyDecay",
    "chance_loss",
    "check_chance",
    "first_loss",
    "learning_rate_sweep",
    "overfit_small",
    "penalty_decay",
]
