"""Context-dependent decision as Schuessler et al. 2024 (doi:10.7554/eLife.93060) and their published code define it.

Two streams carry normal noise of standard deviation 0.05 all trial. Fixation (3 steps), stimulus (20), delay (5),
response (20): in the stimulus each stream has a coherence of +-1, 1/2, 1/4 or 1/8 besides, and the one-hot context is
on. The target is 0 until the delay, which is masked, and the sign of the cued coherence in the response.
"""

from schurscope.tasks.base import DrawnTask, Trials

FIXATION, DELAY, RESPONSE, LENGTH = 3, 23, 28, 48  # steps: the first after fixation, of the delay, of the response; all
NOISE = 0.05


class IntegrationSchuessler(DrawnTask):
    inputs = 4
    outputs = 1

    def draw(self, source, batch, horizon):
        xp = source.xp
        strength = 0.5 ** xp.astype(source.integers(0, (batch, 1, 2), 0, 3), xp.float64)
        coherence = source.signs(1, (batch, 1, 2)) * strength
        cue = source.integers(2, (batch, 1, 1), 0, 1) == source.arange(2)

        steps = source.arange(LENGTH)[:, None]
        stimulus, response = (steps >= FIXATION) & (steps < DELAY), steps >= RESPONSE
        streams = NOISE * source.normal(3, (batch, LENGTH, 2)) + xp.where(stimulus, coherence, 0.0)
        context = xp.astype(stimulus & cue, xp.float64)
        cued = xp.where(cue[..., :1], coherence[..., :1], coherence[..., 1:])
        targets = xp.where(response, 2.0 * xp.astype(cued > 0, xp.float64) - 1.0, 0.0)
        mask = xp.broadcast_to((steps < DELAY) | response, targets.shape)
        return Trials(xp.concat([streams, context], axis=-1), targets, mask)


TASK = IntegrationSchuessler
