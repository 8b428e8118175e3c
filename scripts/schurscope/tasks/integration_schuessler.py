"""Context-dependent decision as Schuessler et al. 2024 (doi:10.7554/eLife.93060) and their published code define it.

Two streams carry normal noise of standard deviation 0.05 all trial. Fixation (3 steps), stimulus (20), delay (5),
response (20): in the stimulus each stream has a coherence of +-1, 1/2, 1/4 or 1/8 besides, and the one-hot context is
on. The target is 0 until the delay, which is masked, and the sign of the cued coherence in the response.
"""

import numpy as np

from schurscope.tasks.base import Task, Trials

FIXATION, STIMULUS, DELAY, RESPONSE = slice(0, 3), slice(3, 23), slice(23, 28), slice(28, 48)
LENGTH, NOISE = 48, 0.05


class IntegrationSchuessler(Task):
    inputs = 4
    outputs = 1

    def draw(self, source, batch, horizon):
        strength = 2.0 ** -source.integers(0, (batch, 2), 0, 3)
        coherence = source.signs(1, (batch, 2)) * strength
        context = source.integers(2, (batch,), 0, 1)
        trial = np.arange(batch)

        inputs = np.zeros((batch, LENGTH, 4))
        inputs[:, :, :2] = NOISE * source.normal(3, (batch, LENGTH, 2))
        inputs[:, STIMULUS, :2] += coherence[:, None, :]
        inputs[trial, STIMULUS, 2 + context] = 1.0
        targets = np.zeros((batch, LENGTH, 1))
        targets[:, RESPONSE, 0] = np.sign(coherence[trial, context])[:, None]
        mask = np.ones(targets.shape, dtype=bool)
        mask[:, DELAY] = False
        return Trials(inputs, targets, mask)


TASK = IntegrationSchuessler
