"""Sine generation as Schuessler et al. 2024 (doi:10.7554/eLife.93060) define it.

One constant input x + 0.25, x ~ Unif[0, 1), cues the frequency f = 0.04 + 0.16 x in cycles a step; the target is
sin(2 pi f t), t from 0.
"""

import math

from schurscope.tasks.base import DrawnTask, Trials


class SineSchuessler(DrawnTask):
    inputs = 1
    outputs = 1
    properties = {"length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 50}}

    def draw(self, source, batch, horizon):
        xp = source.xp
        x = source.uniform(0, (batch, 1, 1))
        steps = xp.astype(source.arange(self.settings["length"]), xp.float64)[:, None]
        targets = xp.sin(2.0 * math.pi * (0.04 + 0.16 * x) * steps)
        inputs = xp.broadcast_to(x + 0.25, targets.shape)
        return Trials(inputs, targets, xp.ones_like(targets, dtype=xp.bool))


TASK = SineSchuessler
