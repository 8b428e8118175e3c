"""What metrics of classes share: outputs are those of a softmax over classes, one-hot targets say which is right."""

import numpy as np

RECALLED = {
    "recall_accuracy": (
        (),
        "share of scored steps, but for those of the commonest class, whose largest output is the target's",
        True,
    )
}


def log_probabilities(outputs):
    """log softmax over the output channels, as outputs (..., time, output): what they say of the classes."""
    with np.errstate(over="ignore", invalid="ignore"):  # of a network that blew up
        shifted = outputs - np.max(outputs, axis=-1, keepdims=True)
        return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def recall(targets, mask):
    """A function outputs -> recall accuracy: the share that is right among the scored steps whose target is not the
    commonest class of these trials (in copy memory the blank); NaN where there are none, or an output is not a number.
    """
    classes, scored = np.argmax(targets, axis=-1), np.asarray(mask).any(axis=-1)
    commonest = np.argmax(np.bincount(classes[scored])) if scored.any() else 0
    asked = scored & (classes != commonest)

    def accuracy(outputs) -> float:
        some = np.asarray(outputs)[asked]
        if not len(some) or np.isnan(some).any():
            return np.nan
        return float(np.mean(np.argmax(some, axis=-1) == classes[asked]))

    return accuracy
