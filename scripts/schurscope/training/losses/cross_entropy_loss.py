"""Cross-entropy of a softmax over the output channels with one-hot targets, in nats, mean over scored steps."""

from array_api_compat import array_namespace

from schurscope.metrics import cross_entropy


class CrossEntropy:
    engines = ("fused", "batched", "torch")

    def value(self, outputs, targets, mask):
        return cross_entropy.of_steps(outputs, targets)[mask.any(-1)].mean()

    def stacked(self, outputs, targets, mask):
        """(loss in float64, dLoss/doutputs) of networks side by side, from (network, row, output)."""
        xp = array_namespace(outputs)
        scored = xp.any(mask, axis=-1)
        shifted = outputs - xp.max(outputs, axis=-1, keepdims=True)
        powers = xp.exp(shifted)
        whole = xp.sum(powers, axis=-1, keepdims=True)
        of_rows = xp.log(whole[..., 0]) - xp.sum(targets * shifted, axis=-1)
        count = xp.sum(xp.astype(scored, xp.int64), axis=1)
        loss = xp.sum(xp.where(scored, of_rows, 0.0), axis=1, dtype=xp.float64) / count
        each = xp.astype(scored, outputs.dtype) / xp.astype(count, outputs.dtype)[:, None]
        return loss, (powers / whole - targets) * each[..., None]

    def problem(self, targets, mask) -> str | None:
        return cross_entropy.problem(targets, mask)


LOSS = CrossEntropy()
