"""How well a rollout does, and statistics over networks. One metric a file, with METRIC (metric.Metric)."""

from schurscope.foundations import registry
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics.fraction_unexplained import discrepancy, fvu, unexplained, variance
from schurscope.metrics.metric import Metric
from schurscope.metrics.replay import replay_accuracy, replay_scores

__all__ = [
    "Metric",
    "check_threshold",
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
    """The metric that a file's variables belong to, or whose name this is; FVU where there is none of any."""
    names = [names] if isinstance(names, str) else names
    return make_metric(next((name for name in registry.REGISTRY["metric"] if name in names), "fvu"))


def check_threshold(metric: str, solved: float) -> None:
    """Raise SchurscopeError for a threshold of "solved" that no network can be above."""
    scored = make_metric(metric)
    if solved > scored.most:
        raise SchurscopeError(f"{solved} is too large; {scored.label} is at most {scored.most:g}")
