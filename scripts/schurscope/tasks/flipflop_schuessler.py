"""Flip-flop as Schuessler et al. 2024 (doi:10.7554/eLife.93060) define it: targets switch late.

Channel c gets its first pulse of -1 or +1 at step 3 c, then one every 5 to 11 steps (uniform). Its target takes the
pulse's sign 2 steps later and is masked in between; before the first pulse it is 0.
"""

import numpy as np

from schurscope.tasks.base import Task, Trials
from schurscope.tasks.flipflop import last_pulse

DELAY, FIRST, SHORTEST, LONGEST = 2, 3, 5, 11  # steps


class FlipFlopSchuessler(Task):
    properties = {
        "length": {"type": "integer", "minimum": 1, "default": 25},
        "channels": {"type": "integer", "minimum": 1, "default": 3},
    }

    @property
    def inputs(self):
        return self.settings["channels"]

    @property
    def outputs(self):
        return self.settings["channels"]

    def draw(self, source, batch, horizon):
        length, channels = self.settings["length"], self.settings["channels"]
        pulses = 1 + -(-length // SHORTEST)  # as many as could fit
        gaps = source.integers(0, (batch, pulses - 1, channels), SHORTEST, LONGEST)
        first = np.broadcast_to(FIRST * np.arange(channels), (batch, 1, channels))
        times = np.concatenate([first, first + np.cumsum(gaps, axis=1)], axis=1)
        signs = source.signs(1, times.shape)

        inputs = np.zeros((batch, length, channels))
        trial, _, channel = np.indices(times.shape)
        fits = times < length
        inputs[trial[fits], times[fits], channel[fits]] = signs[fits]

        late = np.zeros_like(inputs)
        late[:, DELAY:] = inputs[:, :-DELAY]
        mask = np.ones(inputs.shape, dtype=bool)
        for wait in range(DELAY):
            mask[:, wait:] &= inputs[:, : length - wait] == 0
        return Trials(inputs, last_pulse(late), mask)


TASK = FlipFlopSchuessler
