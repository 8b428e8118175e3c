"""Sine generation as Schuessler et al. 2024 (doi:10.7554/eLife.93060) define it.

One constant input x + 0.25, x ~ Unif[0, 1), cues the frequency f = 0.04 + 0.16 x in cycles a step; the target is
sin(2 pi f t), t from 0.
"""

import numpy as np

from schurscope.tasks.base import Task, Trials


class SineSchuessler(Task):
    inputs = 1
    outputs = 1
    properties = {"length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 50}}

    def draw(self, source, batch, horizon):
        length = self.settings["length"]
        x = source.uniform(0, (batch, 1, 1))
        inputs = np.broadcast_to(x + 0.25, (batch, length, 1)).copy()
        targets = np.sin(2.0 * np.pi * (0.04 + 0.16 * x) * np.arange(length)[None, :, None])
        return Trials(inputs, targets, np.ones(targets.shape, dtype=bool))


TASK = SineSchuessler
