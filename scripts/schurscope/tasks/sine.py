"""Frequency-cued sine generation (length 50 as in Draeger 2026; the task of Sussillo & Barak 2013).

One constant input u ~ Unif[0, 1) plus ``offset`` cues the angular frequency omega = ``omega_low`` + (``omega_high`` -
``omega_low``) u in radians a step; the target is sin(omega t), t from 0. The paper leaves the band open; 0.1 to 0.5
is ours.
"""

from schurscope.tasks.base import DrawnTask, Trials


class Sine(DrawnTask):
    inputs = 1
    outputs = 1
    properties = {
        "length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 50},
        "omega_low": {"type": "number", "exclusiveMinimum": 0, "default": 0.1},
        "omega_high": {"type": "number", "exclusiveMinimum": 0, "default": 0.5},
        "offset": {"type": "number", "default": 0.0},
    }

    def draw(self, source, batch, horizon):
        xp, low, high = source.xp, self.settings["omega_low"], self.settings["omega_high"]
        u = source.uniform(0, (batch, 1, 1))
        steps = xp.astype(source.arange(self.settings["length"]), xp.float64)[:, None]
        targets = xp.sin((low + (high - low) * u) * steps)
        inputs = xp.broadcast_to(u + self.settings["offset"], targets.shape)
        return Trials(inputs, targets, xp.ones_like(targets, dtype=xp.bool))


TASK = Sine
