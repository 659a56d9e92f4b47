"""The conditional logit (McFadden, 1974): one option is chosen among several, each seen through the same features."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

_PENALTY = 1e-3  # Keeps the weights finite where the practice sentences separate perfectly.


def pad(grid: NDArray[np.float32], options: int) -> NDArray[np.float32]:
    """Return features with impossible options (NaN) up to a number of options.

    Args:
        grid: messages x options x features.
        options: how many options the result has.
    """
    return np.pad(grid, ((0, 0), (0, options - grid.shape[1]), (0, 0)), constant_values=np.nan)


def fit_logit(grid: NDArray[np.float32], choices: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weights that make the right options likeliest.

    Args:
        grid: messages x options x features; an option of NaN does not exist.
        choices: the right option of each message.

    Returns:
        One weight a feature; the softmax of features times weights is the probability of each option.
    """
    absent = np.isnan(grid).any(axis=2)
    filled = np.nan_to_num(grid).astype(np.float64)
    rows = np.arange(len(choices))
    chosen = filled[rows, choices].sum(axis=0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = log_softmax(np.where(absent, -1e9, filled @ weights), axis=1)
        expected = np.einsum("no,nof->f", np.exp(logs), filled)
        value = -logs[rows, choices].mean() + _PENALTY * weights @ weights
        return float(value), (expected - chosen) / len(choices) + 2 * _PENALTY * weights

    return np.asarray(minimize(loss, np.zeros(grid.shape[2]), jac=True, method="L-BFGS-B").x)


def false_alarm_threshold(scores: NDArray[np.float64], wrong: NDArray[np.bool_], share: float) -> float:
    """Return the probability of the second of two options that only a share of the wrong messages exceed.

    Args:
        scores: messages x 2.
        wrong: which messages are not about the second option.
        share: the share of them that may exceed the threshold.
    """
    return float(np.quantile(softmax(scores, axis=1)[wrong, 1], 1 - share))
