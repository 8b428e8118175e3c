"""Flip-flop as Schuessler et al. 2024 (doi:10.7554/eLife.93060) and their code define it: targets switch late.

One pulse of -1 or +1 at a time: at steps 0, 3, 6, ... each channel gets its first, in random order; then, every 5 to 11
steps (uniform), a random channel gets one. A channel's target takes the pulse's sign 2 steps later; it is masked in
between and before its first pulse.
"""

import numpy as np

from schurscope.tasks.base import Task, Trials
from schurscope.tasks.flipflop import last_pulse

DELAY, FIRST, SHORTEST, LONGEST = 2, 3, 5, 11  # steps


class FlipFlopSchuessler(Task):
    properties = {
        "length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 25},
        "channels": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 3},
    }

    def draw(self, source, batch, horizon):
        length, channels = self.settings["length"], self.settings["channels"]
        more = -(-length // SHORTEST)  # as many later pulses as could fit
        gaps = source.integers(0, (batch, more), SHORTEST, LONGEST)
        first = np.broadcast_to(FIRST * np.arange(channels), (batch, channels))
        times = np.concatenate([first, first[:, -1:] + np.cumsum(gaps, axis=1)], axis=1)
        order = np.argsort(source.uniform(1, (batch, channels)), axis=1)
        channel = np.concatenate([order, source.integers(2, (batch, more), 0, channels - 1)], axis=1)
        signs = source.signs(3, times.shape)

        inputs = np.zeros((batch, length, channels))
        trial = np.broadcast_to(np.arange(batch)[:, None], times.shape)
        fits = times < length
        inputs[trial[fits], times[fits], channel[fits]] = signs[fits]

        late = np.zeros_like(inputs)
        late[:, DELAY:] = inputs[:, :-DELAY]
        targets = last_pulse(late)
        mask = targets != 0
        for wait in range(DELAY):
            mask[:, wait:] &= inputs[:, : length - wait] == 0
        return Trials(inputs, targets, mask)


TASK = FlipFlopSchuessler
