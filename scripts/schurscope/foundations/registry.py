"""Names that a config may use, and the module that stands behind each.

Nothing is imported until a name is loaded, so that the Snakefile can list what is allowed in no time. A new
task, construction, engine or figure is one new file and one line here, an analysis two files and two lines. The code
digest (digest.py) leaves this file out: a new line re-runs nothing that exists.
"""

import importlib
from types import ModuleType

from schurscope.foundations.errors import SchurscopeError

REGISTRY = {
    "task": {
        "copy": "schurscope.tasks.copy",
        "copy_memory": "schurscope.tasks.copy_memory",
        "characters": "schurscope.tasks.characters",
        "permuted_images": "schurscope.tasks.permuted_images",
        "flipflop": "schurscope.tasks.flipflop",
        "sine": "schurscope.tasks.sine",
        "circle_path": "schurscope.tasks.circle_path",
        "integration": "schurscope.tasks.integration",
        "flipflop_schuessler": "schurscope.tasks.flipflop_schuessler",
        "sine_schuessler": "schurscope.tasks.sine_schuessler",
        "integration_schuessler": "schurscope.tasks.integration_schuessler",
    },
    "init": {
        "default": "schurscope.constructions.default",
        "orthogonal": "schurscope.constructions.orthogonal",
        "normal": "schurscope.constructions.normal",
        "cayley": "schurscope.constructions.cayley",
        "eurnn": "schurscope.constructions.eurnn",
        "eurnn_fft": "schurscope.constructions.eurnn_fft",
        "glorot": "schurscope.constructions.glorot",
        "henaff": "schurscope.constructions.henaff",
        "rotation": "schurscope.constructions.rotation",
        "rotation_cayley": "schurscope.constructions.rotation_cayley",
        "rotation_random": "schurscope.constructions.rotation_random",
        "triangular": "schurscope.constructions.triangular",
    },
    "cell": {
        "tanh": "schurscope.cells.tanh",
        "relu": "schurscope.cells.relu",
        "modrelu": "schurscope.cells.modrelu",
        "lstm": "schurscope.cells.lstm",
        "gru": "schurscope.cells.gru",
    },
    "metric": {
        "accuracy": "schurscope.metrics.replay",
        "fvu": "schurscope.metrics.fraction_unexplained",
        "cross_entropy": "schurscope.metrics.cross_entropy",
        "bits_per_character": "schurscope.metrics.bits_per_character",
        "classification_accuracy": "schurscope.metrics.classification_accuracy",
        "circular_rmse": "schurscope.metrics.circular_rmse",
    },
    "loss": {
        "mse": "schurscope.training.losses.mse",
        "cross_entropy": "schurscope.training.losses.cross_entropy_loss",
    },
    "optimiser": {
        "adam": "schurscope.training.optimisers.adam",
        "adamw": "schurscope.training.optimisers.adamw",
        "rmsprop": "schurscope.training.optimisers.rmsprop",
    },
    "engine": {
        "fused": "schurscope.training.engines.fused",
        "batched": "schurscope.training.engines.batched",
        "torch": "schurscope.training.engines.autograd",
    },
    "diagnostic": {
        "order": "schurscope.analyses.order",
        "cut": "schurscope.analyses.cut",
        "controls": "schurscope.analyses.controls",
        "dose": "schurscope.analyses.dose",
        "stabilizers": "schurscope.analyses.stabilizers",
        "subspace": "schurscope.analyses.subspace",
        "decoder": "schurscope.analyses.decoder",
        "nonnormality": "schurscope.analyses.nonnormality",
        "lyapunov": "schurscope.analyses.lyapunov",
    },
    "question": {
        "anatomy": "schurscope.analyses.circuit_anatomy",
        "function": "schurscope.analyses.circuit_function",
        "rules": "schurscope.analyses.circuit_rules",
        "stability": "schurscope.analyses.circuit_stability",
        "untrained": "schurscope.analyses.circuit_untrained",
        "time_scales": "schurscope.analyses.circuit_time_scales",
    },
    "report": {
        "order": "schurscope.reports.analyses.order",
        "cut": "schurscope.reports.analyses.cut",
        "controls": "schurscope.reports.analyses.controls",
        "dose": "schurscope.reports.analyses.dose",
        "stabilizers": "schurscope.reports.analyses.stabilizers",
        "subspace": "schurscope.reports.analyses.subspace",
        "decoder": "schurscope.reports.analyses.decoder",
        "nonnormality": "schurscope.reports.analyses.nonnormality",
        "lyapunov": "schurscope.reports.analyses.lyapunov",
    },
    "figure": {
        "copy_profile": "schurscope.reports.figures.copy_profile",
        "task_profile": "schurscope.reports.figures.task_profile",
        "all_profiles": "schurscope.reports.figures.all_profiles",
        "accuracy_by_lag": "schurscope.reports.figures.accuracy_by_lag",
        "outputs": "schurscope.reports.figures.outputs",
        "trajectories": "schurscope.reports.figures.trajectories",
        "network_profile": "schurscope.reports.figures.network_profile",
        "alpha_sweep": "schurscope.reports.figures.alpha_sweep",
        "spectra": "schurscope.reports.figures.spectra",
        "schur_matrix": "schurscope.reports.figures.schur_matrix",
        "training_curves": "schurscope.reports.figures.training_curves",
        "learning_curves": "schurscope.reports.figures.learning_curves",
        "theta": "schurscope.reports.figures.theta",
        "circuit_numbers": "schurscope.reports.figures.circuit_numbers",
        "circuit_picture": "schurscope.reports.figures.circuit_picture",
        "atlas_map": "schurscope.reports.figures.atlas_map",
        "circuit_dimension": "schurscope.reports.figures.circuit_dimension",
    },
}


def module_name(kind: str, name: str) -> str:
    """Dotted module path behind a name. Raises SchurscopeError for a name that is not registered."""
    try:
        return REGISTRY[kind][name]
    except KeyError:
        allowed = ", ".join(REGISTRY[kind])
        raise SchurscopeError(f"{kind} {name!r} does not exist; allowed: {allowed}") from None


def load(kind: str, name: str) -> ModuleType:
    """Import the module behind a registered name."""
    return importlib.import_module(module_name(kind, name))
