"""Mean squared error over what is scored."""


class MSE:
    engines = ("fused", "batched", "torch")

    def value(self, outputs, targets, mask):
        return ((outputs - targets)[mask] ** 2).mean()

    def problem(self, targets, mask) -> str | None:
        return None


LOSS = MSE()
