"""How well a rollout does, and statistics over networks. One metric a file, with METRIC (metric.Metric)."""

from schurscope.foundations import registry
from schurscope.metrics.fraction_unexplained import discrepancy, fvu, unexplained, variance
from schurscope.metrics.metric import Metric
from schurscope.metrics.replay import replay_accuracy, replay_scores

__all__ = [
    "Metric",
    "discrepancy",
    "fvu",
    "make_metric",
    "metric_in",
    "replay_accuracy",
    "replay_scores",
    "unexplained",
    "variance",
]


def make_metric(name: str) -> Metric:
    """The metric of a registered name. Raises SchurscopeError for an unknown one."""
    return registry.load("metric", name).METRIC


def metric_in(names) -> Metric:
    """The metric that a file's variables belong to; FVU where there is none of any."""
    return make_metric(next((name for name in registry.REGISTRY["metric"] if name in names), "fvu"))
