"""Fixed-length copy with autonomous replay (Draeger 2026, section 3).

``symbols`` steps of independent, fair {-1, +1} on each channel, then zero input; the network must go on
repeating the sequence: y[t] = y[t - symbols]. Only replayed steps are scored; lag 1 is the first of them.
The paper gives s = 8 symbols in {-1, +1}^8 and 128 lags; that the symbols are fair and independent is ours.
"""

import numpy as np

from schurscope.tasks.base import Task, Trials


class Copy(Task):
    metric = "accuracy"
    has_horizon = True
    properties = {
        "symbols": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 8},
        "channels": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 8},
        "lags": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 128},
    }

    def draw(self, source, batch, horizon):
        symbols, channels = self.settings["symbols"], self.settings["channels"]
        lags = self.settings["lags"] if horizon is None else horizon
        sequence = source.signs(0, (batch, symbols, channels))
        inputs = np.zeros((batch, symbols + lags, channels))
        inputs[:, :symbols] = sequence
        cycles = -(-lags // symbols)
        targets = np.concatenate([inputs[:, :symbols], np.tile(sequence, (1, cycles, 1))[:, :lags]], axis=1)
        mask = np.zeros(targets.shape, dtype=bool)
        mask[:, symbols:] = True
        return Trials(inputs, targets, mask)


TASK = Copy
