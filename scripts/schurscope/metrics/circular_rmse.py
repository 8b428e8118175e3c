"""Circular RMSE: the root of the mean squared angle between outputs and targets, each a vector in the plane.

Two channels, (cos, sin) of an angle; outputs may have any length, only their direction counts. Chance is pi / sqrt 3 =
1.814 rad. A step is scored where its mask is true in any channel.
"""

import numpy as np
from array_api_compat import array_namespace

from schurscope.metrics.entries import aligned, beside
from schurscope.metrics.metric import Error, error_variables

LENGTH = 1e-6  # what a target's may be off 1


def circular_rmse(outputs, targets, mask=None) -> float:
    """Of outputs and targets (batch, time, 2), rad; NaN where no step is scored, or a scored output is not a number."""
    outputs, targets, mask = aligned(outputs, targets, mask)
    off = _angles(outputs, targets)[mask.any(axis=-1)]
    return float(np.sqrt(np.mean(off**2))) if off.size else np.nan


def _angles(outputs, targets):
    """From targets to outputs, rad, without the last axis."""
    xp = array_namespace(outputs)
    cross = outputs[..., 0] * targets[..., 1] - outputs[..., 1] * targets[..., 0]
    return xp.atan2(cross, xp.sum(outputs * targets, axis=-1))


class CircularRMSE(Error):
    name, label, lost_label, solved = "circular_rmse", "circular RMSE (rad)", "Δ circular RMSE (rad)", 0.25
    variables = error_variables("circular_rmse", "root of the mean squared angle between output and target, rad", label)

    def problem(self, targets, mask):
        scored = np.asarray(targets)[np.asarray(mask).any(axis=-1)]
        if scored.shape[-1] == 2 and np.allclose(np.hypot(*scored.T), 1, rtol=0, atol=LENGTH):
            return None
        return "circular RMSE needs targets of two channels, the cosine and sine of an angle; use another metric"

    def measure(self, targets, mask, target_mean="channel"):
        return lambda outputs: {self.name: circular_rmse(outputs, targets, mask)}

    def weight(self, targets, mask):
        return float(mask.any(axis=-1).sum())

    def stacked(self, outputs, targets, mask):
        xp, targets, mask = beside(outputs, targets, mask)
        scored = xp.any(mask, axis=-1)
        squares = xp.where(scored, _angles(outputs, targets) ** 2, 0.0)
        return xp.sqrt(xp.sum(squares, axis=(-2, -1)) / xp.sum(xp.astype(scored, xp.float64)))


METRIC = CircularRMSE()
