"""`LinearClassifier`: losses, optimiser and data handling as one estimator.

Training minimises ``(1/N) * sum_i loss(s_i, y_i) + penalty(W)`` over W and the bias b, with the
scores ``s_i = (x_i - center) @ W + b``, by minibatch steps in C or by a solver that proves how near
the minimum it is. W and b start at zero: the objectives are convex, so there is no symmetry to
break. W has a column for every class, also when there are only two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from linclf._fitting import ENDLESS
from linclf._inputs import feature_names, warn_of_constant_one
from linclf._labels import as_labels, encode
from linclf._training import CERTIFICATE, TrainableModel, in_dtype, read
from linclf.history import FitState, History
from linclf.persist import Persistent
from linclf.problem import Hooks, Problem, manifest_of
from linclf.schedules import Schedule

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from linclf.arrays import Data, Labels, Reg, Rng


class LinearClassifier(TrainableModel, Persistent):
    """Linear classifier in the style of scikit-learn, trained by minibatch steps or to the end.

    Parameters
    ----------
    loss : Loss or str
        ``"softmax"``, ``"hinge"`` (Weston & Watkins), ``"squared_hinge"``, ``"crammer_singer"`` or
        ``"one_vs_all"``; see `Loss`.
    reg : float or penalty
        The ``lam`` of ``lam * sum(W**2)``, or `L2`, `L1`, `ElasticNet`. The bias is free.
    delta : float
        Margin of the hinge losses.
    solver : {"sgd", "lbfgs", "bundle"}
        "sgd" makes the updates that are asked for. The others go on until they have proved that
        the minimum is near, and warn if they could not: "lbfgs", for softmax and squared_hinge
        without L1, is fast (``pip install "linclf[scipy]"``); "bundle" takes every loss, but needs
        an L2 penalty and ``fit_intercept=False``.
    learning_rate : float or "auto"
        For sgd. "auto" takes a rate that this data bears; see `stable_learning_rate`.
    batch_size : int or None
        For sgd: rows of a minibatch; None for all.
    epochs : int or "auto"
        Passes over the data; "auto" makes 4,000 updates, and at least 10 passes. For the other
        solvers the most iterations, of a pass or little more each; "auto" allows 1,000.
    schedule : str or callable or None
        For sgd: multiplies the learning rate: "cosine", "step", "exp", "invscaling", "constant",
        or a function of (step, total).
    momentum : float
        For sgd: at least 0, below 1.
    nesterov : bool
        For sgd: use Nesterov's momentum.
    fit_intercept : bool
        Train a bias. Without it, X should have a column of ones.
    center : None, "mean" or (D,) array
        Subtracted from every row on the fly, so that uint8 pixels need no float copy. "mean" is
        that of the training data; it often lets training converge faster.
    early_stopping : bool
        Stop when the validation loss (objective on held-out data) does not fall any more, and
        restore the weights where it was lowest.
    patience : int
        For early stopping: epochs to wait for a lower validation loss.
    validation_fraction : float
        For early stopping without an `eval_set`: share of the rows to hold out, at random.
    tol : float
        For early stopping: the least fall that counts. For lbfgs and bundle: converged is where
        ``gap_ <= tol * objective_``; without an L2 penalty no gap is known, and it is where the
        gradient's norm is `tol` times that at weights of zero.
    rng : int, Generator, SeedSequence, RandomState or None
        Where batches are drawn from. The default 0 makes a fit repeat bit for bit; None takes a
        fresh start each time.
    warm_start : bool
        Let `fit` go on from the present weights instead of from zero.
    verbose : int
        0: silent but for the progress line; 1: show that in any case; 2: print each epoch.
    callback : callable, optional
        Called with a `FitState` after every update; a true answer stops the fit.
    progress : bool, callable or None
        None shows a line on a terminal and in a notebook, False none; ``tqdm`` is accepted.
    n_threads : int, optional
        As for `loss_and_grad`; never changes a bit of the result.

    Attributes
    ----------
    classes_ : (C,) array
        Labels, sorted.
    W_ : (D, C) array
        Weights, a column per class; float32 if X was float32, else float64.
    b_ : (C,) array or None
        Bias, relative to `center_`.
    center_ : (D,) array or None
        What is subtracted from every row.
    coef_, intercept_ : (C, D) and (C,) array, or (1, D) and (1,) for two classes
        The same in the form of scikit-learn:
        ``decision_function(X) == X @ coef_.T + intercept_``, but for rounding.
    history_ : History
        Loss, learning rate and gradient norm of every update; `loss_curve_` is its loss.
    n_iter_ : int
        Updates of W so far, warm starts included.
    n_features_in_, feature_names_in_
        Number of columns of X, and their names if X was a frame.
    converged_ : bool
        Whether the last fit ended by its stopping rule; only with lbfgs and bundle, as are the
        next three.
    objective_, gradient_norm_ : float
        Mean loss plus penalty on the training data at the end, and the Euclidean norm of its
        gradient (bundle: of a subgradient).
    gap_ : float
        The minimum of the objective is not below ``objective_ - gap_``, but for rounding; ``inf``
        where no bound is known, as without an L2 penalty. See `linclf.certificate`.
    interrupted_ : bool
        Whether the last fit was cut short by an exception, such as a KeyboardInterrupt. The
        weights of the last finished update are kept.

    Notes
    -----
    X and y may be lists, frames, series or tensors; each goes through one ``np.asarray``. Float
    and integer arrays are used where they lie. Copies are told to the logger ``"linclf"``. If the
    columns of X differ much in scale, standardise them: gradient descent is slow otherwise.

    Examples
    --------
    >>> X, y, X_test, y_test = linclf.datasets.digits(split="both")
    >>> clf = linclf.LinearClassifier("hinge").fit(X, y)
    >>> clf.score(X_test, y_test) > 0.95
    True

    The same loss to within a hundredth of its minimum, which is proved; the bias is a column:

    >>> X = np.column_stack([X / 16.0, np.ones(len(X))])
    >>> clf = linclf.LinearClassifier(
    ...     "hinge", solver="bundle", reg=1e-3, tol=0.01, fit_intercept=False
    ... ).fit(X, y)
    >>> clf.converged_, clf.gap_ <= 0.01 * clf.objective_
    (True, True)
    """

    _saved = (
        *("classes_", "n_features_in_", "feature_names_in_", "W_", "b_", "center_"),
        *("interrupted_", "_velocity", "_auto", *CERTIFICATE),
    )

    def __init__(
        self,
        loss: str = "softmax",
        *,
        reg: Reg = 1e-4,
        delta: float = 1.0,
        solver: str = "sgd",
        learning_rate: float | str = "auto",
        batch_size: int | None = 200,
        epochs: int | str = "auto",
        schedule: str | Schedule | None = "cosine",
        momentum: float = 0.9,
        nesterov: bool = True,
        fit_intercept: bool = True,
        center: ArrayLike | str | None = None,
        early_stopping: bool = False,
        patience: int = 10,
        validation_fraction: float = 0.1,
        tol: float = 1e-4,
        rng: Rng = 0,
        warm_start: bool = False,
        verbose: int = 0,
        callback: Callable[[FitState], Any] | None = None,
        progress: Any = None,
        n_threads: int | None = None,
    ) -> None:
        self.loss = loss
        self.reg = reg
        self.delta = delta
        self.solver = solver
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.schedule = schedule
        self.momentum = momentum
        self.nesterov = nesterov
        self.fit_intercept = fit_intercept
        self.center = center
        self.early_stopping = early_stopping
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.tol = tol
        self.rng = rng
        self.warm_start = warm_start
        self.verbose = verbose
        self.callback = callback
        self.progress = progress
        self.n_threads = n_threads

    def fit(self, X: Any, y: Any, eval_set: Any = None) -> Self:
        """Train on all of the data.

        Parameters
        ----------
        X : (N, D) array-like
            Floats, or integers such as raw pixels.
        y : (N,) array-like
            Labels: integers or strings.
        eval_set : (X, y), optional
            Objective and accuracy on these are taken into `history_` after every epoch, and
            decide on early stopping.

        Returns
        -------
        LinearClassifier
            Itself.

        Raises
        ------
        TypeError, ValueError
            For data or parameters that make no sense; a former fit is untouched then.
        DivergenceError
            If the learning rate is too high; the weights of the last finished update are kept.
        ImportError
            If `solver` needs SciPy, and that is not installed.
        KeyboardInterrupt
            Within 0.1 s of Ctrl-C (lbfgs and bundle: within an iteration). The classifier is
            fitted, with the weights so far.

        Warns
        -----
        ConvergenceWarning
            If lbfgs or bundle ended without the proof that it wants; the class is that of
            scikit-learn where scikit-learn is loaded.
        """
        data, labels = read(X, y)
        before = self.history_ if self.warm_start and self.__sklearn_is_fitted__() else None
        if before is not None:
            self._check_features(X, data)
            names, classes = getattr(self, "feature_names_in_", None), self.classes_
        else:
            names, classes = feature_names(X), np.unique(labels)
            if self.fit_intercept:
                warn_of_constant_one(data)
        problem = self._problem(data, encode(labels, classes), classes, before is not None)
        plan = self._plan(problem, classes, eval_set)
        latest = History(plan.manifest)
        with self._undone_if_nothing_happens():
            self._become(problem, classes, names, latest)
            try:
                plan.train()
            finally:
                if before is not None:
                    if len(latest):
                        before.extend(latest)
                    self.history_ = before
        if plan.watch is not None:
            plan.watch.restore_best()
        if "certificate" in latest.manifest:
            self._conclude(problem, latest)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Make exactly one update of W, from the gradient on all rows given.

        scikit-learn's classifiers make a pass of many updates here; this is one step of gradient
        descent, for streams and for training loops of one's own. Momentum is kept from call to
        call. A stream has no end, so schedules that lead towards one ("cosine", "exp", "step")
        keep the rate where it starts. With ``learning_rate="auto"`` it is the lowest of what the
        batches 1, 2, 4, 8, ... bear. `solver` is for `fit` alone.

        Parameters
        ----------
        X : (n, D) array-like
            The batch.
        y : (n,) array-like
            Its labels.
        classes : array-like
            All labels that will ever come; needed at the first call only.

        Returns
        -------
        LinearClassifier
            Itself.
        """
        data, labels = read(X, y)
        known = None if classes is None else np.unique(as_labels(classes, None, "classes"))
        with self._undone_if_nothing_happens():
            if self.__sklearn_is_fitted__():
                problem = self._continued(X, data, labels, known)
            else:
                problem = self._begun(X, data, labels, known)
            rule = self._rule(self._stream_rate(problem), ENDLESS)
            rule.velocity = self._velocity
            self._train(problem, rule, None, 1, Hooks(self.callback))
            self._velocity = rule.velocity
        return self

    def _begun(self, X: Any, data: Data, labels: Labels, known: Labels | None) -> Problem:
        """Return what to minimise with the first batch of a stream."""
        if known is None:
            raise ValueError(
                "classes must be passed on the first call to partial_fit: all labels that will "
                "ever come, such as classes=np.unique(y) of the whole data"
            )
        problem = self._problem(data, encode(labels, known), known, False)
        manifest = manifest_of(problem, self._rule(0.0, ENDLESS)) | {"learning_rate": None}
        self._become(problem, known, feature_names(X), History(manifest))
        return problem

    def _continued(self, X: Any, data: Data, labels: Labels, known: Labels | None) -> Problem:
        """Return what to minimise with a further batch."""
        self._check_features(X, data)
        if known is not None and not np.array_equal(known, self.classes_):
            raise ValueError(f"classes is {known}, but was {self.classes_} before")
        data = in_dtype(data, self.W_)
        problem = self._problem(data, encode(labels, self.classes_), self.classes_, True)
        self.W_, self.b_ = problem.W, problem.b
        self._forget_certificate()
        return problem

    def _parameters(self) -> dict[str, Any]:
        return self.get_params()
