"""How well a rollout does, and statistics over networks. One metric a file."""

from schurscope.metrics.fraction_unexplained import discrepancy, fvu, unexplained, variance
from schurscope.metrics.replay import replay_accuracy, replay_scores

__all__ = [
    "discrepancy",
    "fvu",
    "replay_accuracy",
    "replay_scores",
    "unexplained",
    "variance",
]
