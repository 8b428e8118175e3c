"""Train one model on circle_path, some seeds, and test what comes out (Mo 2026, Fig. 5)."""

import numpy as np
import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.neutral import path_training
from schurscope.neutral.path_models import make_model
from schurscope.neutral.path_trials import FULL, RESTRICTED, fixed_paths
from schurscope.tasks.circle_path import SPEED

PHASES = {"full": FULL, "restricted": RESTRICTED}
TEST = {"trials": 192, "steps": [32, 64, 128, 256], "speeds": [0.25, 0.8, 1.2, 1.8]}
VARIABLES = {
    "loss": (("seed", "update"), "mean squared error between unit vectors before each update"),
    "validation": (("seed", "look"), "circular RMSE on validation trials, rad"),
    "looked": (("look",), "after how many updates"),
    "rmse": (("seed", "steps", "speed"), "circular RMSE of the network that validated best, test trials, rad"),
    "rmse_untrained": (("seed", "steps"), f"the same before training, at speed {SPEED:g}"),
}


def train_paths(
    model: str,
    seeds: list[int],
    steps: int,
    phase: str = "full",
    hidden: int = 16,
    updates: int = 120,
    validated: str = "full",
    test: dict | None = None,
) -> xr.Dataset:
    """A neutral_paths dataset: networks of a model (path_models.MODELS, or "free") trained on trials of ``steps``.

    ``phase``: where first phases lie in training, "full" or "restricted"; ``validated``: the same of validation trials
    ("full" in the paper, whatever training sees). Arrays of networks are there as ``parameter_`` and their name, of the
    best look. Test trials cover the whole circle. Raises SchurscopeError for names that do not exist.
    """
    for what, value in (("phase", phase), ("validated", validated)):
        if value not in PHASES:
            raise SchurscopeError(f"{what} is {value!r}; allowed: {', '.join(PHASES)}")
    made, test = make_model(model, hidden), TEST | (test or {})
    trained = path_training.train(model, made, seeds, steps, PHASES[phase], updates, validated_within=PHASES[validated])
    best, begun = (
        {name: np.stack([getattr(one, which)[name] for one in trained]) for name in trained[0].parameters}
        for which in ("parameters", "untrained")
    )

    def tested(arrays, length, speed=SPEED):
        return path_training.rmse(made, arrays, fixed_paths("test", test["trials"], length, speed))

    rmse = [[tested(best, length, speed) for speed in test["speeds"]] for length in test["steps"]]
    arrays = {
        "loss": np.array([one.loss for one in trained]),
        "validation": np.array([one.validation for one in trained]),
        "looked": trained[0].looked,
        "rmse": np.moveaxis(rmse, -1, 0),
        "rmse_untrained": np.transpose([tested(begun, length) for length in test["steps"]]),
    }
    variables = {name: (dims, arrays[name], {"long_name": text}) for name, (dims, text) in VARIABLES.items()}
    for name, values in best.items():
        dims = [f"{name}_{axis}" for axis in range(values.ndim - 1)]
        variables[f"parameter_{name}"] = (("seed", *dims), values, {"long_name": f"trained array {name}"})
    attributes = {"kind": "neutral_paths", "model": model, "hidden": hidden, "trained_steps": steps, "phase": phase}
    attributes |= {"updates": updates, "validated": validated, "test_trials": test["trials"]}
    attributes["parameters"] = sum(array.size for array in trained[0].parameters.values())
    return xr.Dataset(variables, {"seed": seeds, "steps": test["steps"], "speed": test["speeds"]}, attributes)


def parameters_of(paths: xr.Dataset, seed: int) -> dict[str, np.ndarray]:
    """The arrays of one network of a neutral_paths dataset, float64."""
    one = paths.sel(seed=seed)
    names = [name for name in one.data_vars if name.startswith("parameter_")]
    return {name.removeprefix("parameter_"): one[name].values.astype(np.float64) for name in names}
