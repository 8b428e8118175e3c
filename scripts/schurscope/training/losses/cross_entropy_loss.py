"""Cross-entropy of a softmax over the output channels with one-hot targets, in nats, mean over scored steps."""

from schurscope.metrics import cross_entropy


class CrossEntropy:
    engines = ("torch",)

    def value(self, outputs, targets, mask):
        return cross_entropy.of_steps(outputs, targets)[mask.any(-1)].mean()

    def problem(self, targets, mask) -> str | None:
        return cross_entropy.problem(targets, mask)


LOSS = CrossEntropy()
