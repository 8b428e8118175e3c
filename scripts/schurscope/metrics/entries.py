"""What every metric is given: outputs, targets and mask of one shape."""

import numpy as np
from array_api_compat import array_namespace

from schurscope.foundations.errors import SchurscopeError


def aligned(outputs, targets, mask):
    """The three as arrays (batch, time, output) of float64, float64 and bool; without a mask, all is scored.

    Raises SchurscopeError for numbers that are not real, and for shapes that differ.
    """
    for array in (outputs, targets):
        if np.asarray(array).dtype.kind not in "fiub":
            raise SchurscopeError("outputs and targets must be arrays of real numbers")
    outputs, targets = np.asarray(outputs, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    mask = np.ones(targets.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if outputs.ndim != 3 or not outputs.shape == targets.shape == mask.shape:
        shapes = ", ".join(str(a.shape) for a in (outputs, targets, mask))
        raise SchurscopeError(
            f"outputs, targets and mask must share one shape (batch, time, output); they have {shapes}"
        )
    return outputs, targets, mask


def beside(outputs, targets, mask):
    """The namespace of ``outputs``, and NumPy's targets and mask as arrays there, on its device."""
    xp = array_namespace(outputs)
    return xp, *(xp.asarray(array, device=outputs.device, copy=True) for array in (targets, mask))
