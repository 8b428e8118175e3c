"""Context-dependent integration (after Mante et al. 2013; 4 inputs and length 48 as in Draeger 2026).

Two noisy streams and a one-hot context that is on all trial. A stream's step is its trial's coherence,
Unif[-``coherence``, ``coherence``), plus normal noise of standard deviation ``noise``; the target at each step is the
running sum of the cued stream over ``scale``, with a leak if ``leak`` is above 0. The paper speaks of a "slow
accumulated variable" and leaves the distributions open; all numbers here are ours.
"""

from schurscope.tasks.base import DrawnTask, Trials


class Integration(DrawnTask):
    inputs = 4
    outputs = 1
    properties = {
        "length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 48},
        "coherence": {"type": "number", "minimum": 0, "default": 0.2},
        "noise": {"type": "number", "minimum": 0, "default": 0.5},
        "scale": {"type": "number", "exclusiveMinimum": 0, "default": 12.0},
        "leak": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.0},
    }

    def draw(self, source, batch, horizon):
        xp, length = source.xp, self.settings["length"]
        coherence = source.uniform(0, (batch, 1, 2), -self.settings["coherence"], self.settings["coherence"])
        cue = source.integers(1, (batch, 1, 1), 0, 1) == source.arange(2)
        noise = self.settings["noise"] * source.normal(2, (batch, length, 2))
        streams = [coherence[..., i] + noise[..., i] for i in (0, 1)]  # one by one: a last axis of 2 is slow to work on
        context = [xp.broadcast_to(xp.astype(cue[..., i], xp.float64), streams[i].shape) for i in (0, 1)]
        cued = xp.where(cue[..., 0], *streams)[..., None]
        targets = leaky_sum(source, cued, self.settings["leak"]) / self.settings["scale"]
        return Trials(xp.stack([*streams, *context], axis=-1), targets, xp.ones_like(targets, dtype=xp.bool))


def leaky_sum(source, steps, leak: float):
    """z[t] = (1 - leak) z[t-1] + x[t] along the time axis; the plain running sum for leak 0. (..., time, channel)."""
    if leak == 0:
        return source.xp.cumulative_sum(steps, axis=-2)
    sums = [steps[..., 0, :]]
    for t in range(1, steps.shape[-2]):
        sums.append((1.0 - leak) * sums[-1] + steps[..., t, :])
    return source.xp.stack(sums, axis=-2)


TASK = Integration
