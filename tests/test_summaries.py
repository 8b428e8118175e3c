"""What a summary says of single networks and means over them: empty removals, fragile cuts, names."""

import numpy as np
import pytest
import xarray as xr

from schurscope.analyses.ablation import REMOVED
from schurscope.schur.form import SECTORS, ordered_schur
from schurscope.schur.split import fragile
from schurscope.stages.summarise import summarise
from schurscope.store.contract import variables_of

MODULI = [1.0, 0.95, 0.895, 0.3]


def made(effects, mass, solved, status=None):
    """The summary of networks of four units whose −RR costs ``effects`` and holds ``mass``; CR and CC are empty."""
    effects, mass = (np.asarray(values, dtype=float) for values in (effects, mass))
    seeds = len(effects)
    status = ["ok"] * seeds if status is None else status
    sizes = {"seed": seeds, "alpha": 1, "removed": len(REMOVED), "sector": 3, "mode": 4}
    with_RR = np.array(["RR" in removed for removed in REMOVED], dtype=float)

    def values(name, dims):
        full = np.zeros([sizes[dim] for dim in dims])
        if name == "removed_mass":
            full[:] = (mass[:, None] * with_RR)[:, None]
        if name in ("fvu", "delta_fvu"):
            full[:] = (effects[:, None] * with_RR)[:, None]
        full[[s != "ok" for s in status]] = np.nan
        return full

    key = {"task": "made", "width": 4, "init": "orthogonal"}
    coordinates = key | {"seed": np.arange(seeds), "alpha": [0.9], "removed": list(REMOVED), "sector": list(SECTORS)}
    common = {"status": ("seed", np.array(status)), "solved": ("seed", np.asarray(solved, dtype=float))}
    contract = {name: entry for name, entry in variables_of("ablation").items() if name not in common}
    ablation = xr.Dataset(
        {name: (dims, values(name, dims), {"long_name": said}) for name, (dims, said, _) in contract.items()} | common,
        coordinates,
    )
    networks = xr.Dataset({name: ("seed", np.ones(seeds)) for name in ("updates", "validation")} | common, coordinates)
    schur = xr.Dataset({"modulus": (("seed", "mode"), np.tile(MODULI, (seeds, 1)))} | common, coordinates)
    named = {"networks": networks, "schur": schur, "ablation": ablation}
    return summarise(*([dataset.assign_attrs(kind=kind)] for kind, dataset in named.items()), near=0.01)


def test_an_empty_removal_has_no_effect_to_average():
    found = made([0.2, 0.4, 0.0], mass=[0.1, 0.3, 1e-9], solved=[1, 0, 1]).squeeze(["width", "init", "alpha"])
    at = found.sel(removed="RR")
    assert at["delta_fvu"].values.tolist()[:2] == [0.2, 0.4] and np.isnan(at["delta_fvu"].values[2])
    assert at["empty"].values.tolist() == [0, 0, 1] and at["networks_empty"] == 1
    assert at["delta_fvu_mean"] == pytest.approx(0.3) and at["delta_fvu_n"] == 2
    assert at["removed_mass_mean"] == pytest.approx(0.2) and at["removed_mass_n"] == 2, "a row is about its networks"
    assert at["delta_fvu_solved_mean"] == pytest.approx(0.2) and at["delta_fvu_solved_n"] == 1
    assert found.sel(removed="CR")["delta_fvu_n"] == 0 and np.isnan(found.sel(removed="CR")["fvu_mean"])
    assert found["fvu_n"].sel(removed="none") == 3, "the intact network is no empty removal"


def test_empty_and_diverged_are_told_apart():
    found = made([0.2, 0.0, 0.0], [0.1, 0.0, 0.1], [1, 1, 0], status=["ok", "ok", "diverged"])
    found = found.squeeze(["width", "init", "alpha"]).sel(removed="RR")
    assert np.isnan(found["delta_fvu"].values).tolist() == [False, True, True]
    assert found["empty"].values[:2].tolist() == [0, 1] and np.isnan(found["empty"].values[2])
    assert np.isnan(found["fragile"].values).tolist() == [False, False, True]
    assert (found["networks_empty"], found["networks_diverged"], found["delta_fvu_n"]) == (1, 1, 1)


def test_names_stay_and_flags_are_no_measures():
    found = made([0.2], [0.1], [1])
    assert found["removed_mass"].attrs["long_name"].startswith("Frobenius norm of what is removed")
    assert all(
        variable.attrs.get("long_name")
        for name, variable in found.data_vars.items()
        if name in found.data_vars and name not in ("status", "solved", "updates", "validation")
    )
    assert "fragile_mean" not in found and "empty_mean" not in found and found.attrs["near"] == 0.01


def test_a_cut_is_fragile_where_n_r_changes_nearby():
    """Against n_R counted at alpha +- near, for random spectra; 0.895 lies within 0.01 of 0.9, 0.95 does not."""
    assert made([0.2], [0.1], [1])["fragile"].item() == 1
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(60):
        form = ordered_schur(rng.normal(size=(12, 12)))
        alpha, near = rng.uniform(0.05, 0.95), rng.choice([0.005, 0.05])
        rows = np.abs(form.eigenvalues) / np.abs(form.eigenvalues).max()
        sizes = {int(np.sum(rows >= moved)) for moved in (alpha - near, alpha, alpha + near)}
        assert fragile(form.moduli, alpha, near) == (len(sizes) > 1)
        assert fragile(np.abs(form.eigenvalues), alpha, near) == (len(sizes) > 1), "moduli of rows say the same"
        seen.add(len(sizes) > 1)
    assert seen == {True, False}
