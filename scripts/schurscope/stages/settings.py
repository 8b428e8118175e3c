"""What a stage that measures networks is told: defaults for what is not said, one sentence for what does not fit."""

from schurscope.foundations.config_check import checked
from schurscope.foundations.defaults import ALPHA, ALPHAS, DIAGNOSED, EPSILONS, GUARD, HELD_OUT, REMEMBERED, SELECTION
from schurscope.metrics.fraction_unexplained import MEANS
from schurscope.schur.alpha import check_alphas

CUT = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
ALPHA_LIST = {"type": "array", "minItems": 1, "items": CUT, "default": list(ALPHAS)}
TARGET_MEAN = {"type": "string", "enum": list(MEANS), "default": "channel"}
TRIALS = {"type": "integer", "minimum": 1}
SOME_TRIALS = TRIALS | {"default": DIAGNOSED}
GRID = {"alphas": ALPHA_LIST, "target_mean": TARGET_MEAN, "trials": TRIALS}
CUTS = {"target_mean": TARGET_MEAN, "trials": SOME_TRIALS}
EPSILON = {"type": "number", "exclusiveMinimum": 0}
CIRCUIT = {
    "epsilons": {"type": "array", "minItems": 1, "items": EPSILON, "default": list(EPSILONS)},
    "selection": {"type": "integer", "minimum": 8, "default": SELECTION},
    "guard": {"type": "integer", "minimum": 8, "default": GUARD},
    "trials": {"type": "integer", "minimum": 8, "default": HELD_OUT},
    "unit": {"type": "string", "enum": ["coupling", "block"], "default": "coupling"},
}
MEMORY = {
    "trials": {"type": "integer", "minimum": 0, "default": REMEMBERED},
    "lags": {"type": ["integer", "null"], "minimum": 1, "default": None},
}
ANALYSIS = GRID | {
    "alpha": CUT | {"default": ALPHA},
    "trials": SOME_TRIALS,
    "first": {"type": "integer", "minimum": 0},
}


def complete(settings: dict, properties: dict) -> dict:
    """A copy of ``settings`` with defaults filled in, alphas sorted and each once. Raises SchurscopeError."""
    found = checked(settings, {"type": "object", "additionalProperties": False, "properties": properties}, "settings")
    return found | {"alphas": check_alphas(found["alphas"])} if "alphas" in found else found
