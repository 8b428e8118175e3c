"""Fixed-length copy with autonomous replay (Draeger 2026, section 3).

``symbols`` steps of independent, fair {-1, +1} on each channel, then zero input; the network must go on
repeating the sequence: y[t] = y[t - symbols]. Only replayed steps are scored; lag 1 is the first of them.
The paper gives s = 8 symbols in {-1, +1}^8 and 128 lags; that the symbols are fair and independent is ours.
"""

from schurscope.tasks.base import DrawnTask, Trials


class Copy(DrawnTask):
    metric = "accuracy"
    has_horizon = True
    properties = {
        "symbols": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 8},
        "channels": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 8},
        "lags": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 128},
    }

    def draw(self, source, batch, horizon):
        xp, symbols = source.xp, self.settings["symbols"]
        length = symbols + (self.settings["lags"] if horizon is None else horizon)
        sequence = source.signs(0, (batch, symbols, self.settings["channels"]))
        targets = xp.concat([sequence] * -(-length // symbols), axis=-2)[..., :length, :]
        heard = source.arange(length)[:, None] < symbols
        return Trials(xp.where(heard, targets, 0.0), targets, xp.broadcast_to(~heard, targets.shape))


TASK = Copy
