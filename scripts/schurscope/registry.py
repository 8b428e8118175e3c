"""Names that a config may use, and the module that stands behind each.

Nothing is imported until a name is loaded, so that the Snakefile can list what is allowed in no time. A new
task, construction, engine or figure is one new file and one line here. The code digest (digest.py) leaves
this file out: a new line re-runs nothing that exists.
"""

import importlib
from types import ModuleType

from schurscope.errors import SchurscopeError

REGISTRY = {
    "task": {
        "copy": "schurscope.tasks.copy",
        "flipflop": "schurscope.tasks.flipflop",
        "sine": "schurscope.tasks.sine",
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
    },
    "engine": {
        "fused": "schurscope.engines.fused",
        "batched": "schurscope.engines.batched",
        "torch": "schurscope.engines.autograd",
    },
    "diagnostic": {
        "order": "schurscope.diagnostics.order",
        "cut": "schurscope.diagnostics.cut",
        "controls": "schurscope.diagnostics.controls",
        "dose": "schurscope.diagnostics.dose",
        "stabilizers": "schurscope.diagnostics.stabilizers",
        "subspace": "schurscope.diagnostics.subspace",
        "decoder": "schurscope.diagnostics.decoder",
        "nonnormality": "schurscope.diagnostics.nonnormality",
    },
    "figure": {
        "copy_profile": "schurscope.figures.copy_profile",
        "task_profile": "schurscope.figures.task_profile",
        "all_profiles": "schurscope.figures.all_profiles",
        "accuracy_by_lag": "schurscope.figures.accuracy_by_lag",
        "network_profile": "schurscope.figures.network_profile",
        "order": "schurscope.figures.diagnostics.order",
        "cut": "schurscope.figures.diagnostics.cut",
        "controls": "schurscope.figures.diagnostics.controls",
        "dose": "schurscope.figures.diagnostics.dose",
        "stabilizers": "schurscope.figures.diagnostics.stabilizers",
        "decoder": "schurscope.figures.diagnostics.decoder",
        "nonnormality": "schurscope.figures.diagnostics.nonnormality",
        "subspace": "schurscope.figures.diagnostics.subspace",
        "alpha_sweep": "schurscope.figures.alpha_sweep",
        "spectra": "schurscope.figures.spectra",
        "schur_matrix": "schurscope.figures.schur_matrix",
        "training_curves": "schurscope.figures.training_curves",
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
