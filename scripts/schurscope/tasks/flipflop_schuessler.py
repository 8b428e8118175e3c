"""Flip-flop as Schuessler et al. 2024 (doi:10.7554/eLife.93060) and their code define it: targets switch late.

One pulse of -1 or +1 at a time: at steps 0, 3, 6, ... each channel gets its first, in random order; then, every 5 to 11
steps (uniform), a random channel gets one. A channel's target takes the pulse's sign 2 steps later; it is masked in
between and before its first pulse.
"""

from schurscope.tasks.base import DrawnTask, Trials, delayed

DELAY, FIRST, SHORTEST, LONGEST = 2, 3, 5, 11  # steps


class FlipFlopSchuessler(DrawnTask):
    properties = {
        "length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 25},
        "channels": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 3},
    }

    def draw(self, source, batch, horizon):
        xp, length, channels = source.xp, self.settings["length"], self.settings["channels"]
        more = -(-length // SHORTEST)  # as many later pulses as could fit
        gaps = source.integers(0, (batch, more), SHORTEST, LONGEST)
        order = xp.argsort(source.uniform(1, (batch, channels)), axis=-1)
        first = xp.broadcast_to(FIRST * source.arange(channels), order.shape)
        times = xp.concat([first, FIRST * (channels - 1) + xp.cumulative_sum(gaps, axis=-1)], axis=-1)
        channel = xp.concat([order, source.integers(2, (batch, more), 0, channels - 1)], axis=-1)
        signs = source.signs(3, times.shape[-2:])

        steps, which = source.arange(length)[:, None], source.arange(channels)
        inputs = xp.zeros((*times.shape[:-1], length, channels), dtype=xp.float64, device=source.device)
        for pulse in range(channels + more):
            time, place, sign = (a[..., pulse, None, None] for a in (times, channel, signs))
            inputs = xp.where((steps == time) & (which == place), sign, inputs)

        targets = source.last_nonzero(delayed(source, inputs, DELAY))
        mask = targets != 0
        for wait in range(DELAY):
            mask = mask & (delayed(source, inputs, wait) == 0)
        return Trials(inputs, targets, mask)


TASK = FlipFlopSchuessler
