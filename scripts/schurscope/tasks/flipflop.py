"""Flip-flop (Sussillo & Barak 2013; 3 bits and length 25 as in Draeger 2026).

At every step each channel gets a pulse of -1 or +1 with ``pulse_probability``; its target is the sign of the
last pulse, from the pulse's own step on, and 0 before the first. The paper leaves the pulse rate open; 0.05 is ours.
"""

from schurscope.tasks.base import DrawnTask, Trials


class FlipFlop(DrawnTask):
    properties = {
        "length": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 25},
        "channels": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 3},
        "pulse_probability": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.05},
    }

    def draw(self, source, batch, horizon):
        shape = (batch, self.settings["length"], self.settings["channels"])
        pulsed = source.uniform(0, shape) < self.settings["pulse_probability"]
        inputs = source.xp.where(pulsed, source.signs(1, shape), 0.0)
        return Trials(inputs, source.last_nonzero(inputs), source.xp.ones_like(pulsed))


TASK = FlipFlop
