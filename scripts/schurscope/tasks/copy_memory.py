"""Copy memory (Hochreiter & Schmidhuber 1997, in the form of Arjovsky et al. 2016 and Kerg et al. 2019): recall late.

``symbols`` steps of independent, uniform symbols out of ``alphabet``, then ``delay`` - 1 blanks, a cue, and ``symbols``
blanks. The answer is a blank at every step, but for the last ``symbols``, where the sequence is to be repeated. Inputs
are one-hot over blank, alphabet and cue; outputs are classes, blank and alphabet, at every step. Without memory the
least is a cross-entropy of symbols ln(alphabet) / (delay + 2 symbols) nats a step: 0.0945 with the defaults.
"""

from schurscope.tasks.base import DrawnTask, Trials


class CopyMemory(DrawnTask):
    metric = "cross_entropy"
    loss = "cross_entropy"
    properties = {
        "symbols": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 10},
        "alphabet": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 8},
        "delay": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 200},
    }

    @property
    def inputs(self) -> int:
        return self.settings["alphabet"] + 2

    @property
    def outputs(self) -> int:
        return self.settings["alphabet"] + 1

    def draw(self, source, batch, horizon):
        xp, symbols, alphabet = source.xp, self.settings["symbols"], self.settings["alphabet"]
        sequence = source.integers(0, (batch, symbols), 1, alphabet)  # 0 is blank, alphabet + 1 the cue
        blanks = xp.zeros_like(sequence[..., :1])
        wait = xp.broadcast_to(blanks, (*sequence.shape[:-1], self.settings["delay"] - 1))
        rest = xp.broadcast_to(blanks, sequence.shape)
        heard = xp.concat([sequence, wait, blanks + alphabet + 1, rest], axis=-1)
        answer = xp.concat([rest, wait, blanks, sequence], axis=-1)
        inputs, targets = (
            xp.astype(array[..., None] == source.arange(classes), xp.float64)
            for array, classes in ((heard, self.inputs), (answer, self.outputs))
        )
        return Trials(inputs, targets, xp.ones_like(targets, dtype=xp.bool))


TASK = CopyMemory
