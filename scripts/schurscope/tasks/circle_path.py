"""Circle path (Mo 2026): keep track of a phase on the circle from its velocity alone.

phi[t+1] = phi[t] + ``dt`` v[t]. The first step tells the first phase, its input is (0, cos phi[0], sin phi[0]), and the
later ones the velocity, (v[t-1], 0, 0); at every step t = 0 to ``length`` - 1, (cos, sin) of phi[t] is to be answered.
The first phase is uniform within +- ``largest`` rad. Each trial's velocity is one of three with equal chance, s its
``speed``: s N(0, 1) at every step; s N(0, 1) held for segments of a length that is an integer from 4 to 12, fixed in
the trial; or v[t] = 0.92 v[t-1] + 0.25 s N(0, 1) from 0.
"""

from math import pi

from schurscope.tasks.base import DrawnTask, Trials

DT, SPEED = 0.1, 0.8
SEGMENTS = (4, 12)  # steps, both included
PULL, PUSH = 0.92, 0.25  # of the third kind of velocity


class CirclePath(DrawnTask):
    inputs = 3
    outputs = 2
    properties = {
        "length": {"type": "integer", "minimum": 2, "maximum": 1_000_000, "default": 65},
        "speed": {"type": "number", "minimum": 0, "default": SPEED},
        "dt": {"type": "number", "exclusiveMinimum": 0, "default": DT},
        "largest": {"type": "number", "exclusiveMinimum": 0, "maximum": pi, "default": pi},
    }

    def draw(self, source, batch, horizon):
        xp, said = source.xp, self.settings
        first, velocities = wander(source, batch, said["length"] - 1, said["speed"], said["largest"])
        phases = phases_of(xp, first, velocities, said["dt"])
        targets = xp.stack([xp.cos(phases), xp.sin(phases)], axis=-1)
        told = xp.where(source.arange(said["length"])[:, None] == 0, targets, 0.0)
        moved = xp.concat([xp.zeros_like(first), velocities], axis=-1)[..., None]
        return Trials(xp.concat([moved, told], axis=-1), targets, xp.ones_like(targets, dtype=xp.bool))


def wander(source, batch: int, steps: int, speed: float = SPEED, largest: float = pi):
    """First phases (..., trial, 1), rad, and velocities (..., trial, time), rad per unit time."""
    xp = source.xp
    first = source.uniform(0, (batch, 1), -largest, largest)
    kind = source.integers(1, (batch, 1), 0, 2)
    noise = speed * source.normal(2, (batch, steps))
    length = source.integers(3, (batch, 1), *SEGMENTS)
    held = noise
    for one in range(SEGMENTS[0], SEGMENTS[1] + 1):
        held = xp.where(length == one, xp.take(noise, source.arange(steps) // one, axis=-1), held)
    drift, now = [], xp.zeros_like(noise[..., 0])
    for t in range(steps):
        now = PULL * now + PUSH * noise[..., t]
        drift.append(now)
    return first, xp.where(kind == 0, noise, xp.where(kind == 1, held, xp.stack(drift, axis=-1)))


def phases_of(xp, first, velocities, dt: float = DT):
    """(..., trial, time + 1), rad, not wrapped."""
    return xp.concat([first, first + dt * xp.cumulative_sum(velocities, axis=-1)], axis=-1)


TASK = CirclePath
