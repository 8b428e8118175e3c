"""The chain end to end on a tiny config: what runs, what is stored, what runs again, what a mistake does."""

import json
import re

import numpy as np
import pytest
import xarray as xr

import drawn_figures
from conftest import ROOT, Study
from schurscope.store import open_results
from schurscope.tasks import make_task


def files(study, pattern="**/*.nc"):
    results = study.folder / "results"
    return {path.relative_to(results).as_posix(): path for path in sorted(results.glob(pattern))}


def test_every_file_is_in_place_and_a_second_run_does_nothing(finished):
    blocks = [
        f"{task}/seeds{b}.nc"
        for task in ("copy/n6/orthogonal", "copy/n6/cayley", "flipflop/n6/orthogonal")
        for b in ("0-1", "2-3")
    ]
    expected = {f"{stage}/{block}" for stage in ("networks", "schur", "ablation", "cuts") for block in blocks}
    expected |= {"summary/copy.nc", "summary/flipflop.nc"}
    assert set(files(finished)) == expected
    names = ["all_profiles", "fig1_copy_profile", "fig2_task_profile", "accuracy_by_lag/copy"]
    names += [
        f"{kind}/{t}"
        for kind in ("alpha_sweep", "spectra", "schur_matrix", "training_curves")
        for t in ("copy", "flipflop")
    ]
    for name in names:
        for ending in ("html", "svg", "png"):
            assert (finished.folder / "results" / "figures" / f"{name}.{ending}").stat().st_size > 1000
    assert finished.planned() == {}


def test_figures_are_legible_on_paper_and_consistent(finished):
    drawn_figures.check_figures(finished.folder / "results" / "figures")


def test_pages_need_no_network(finished):
    for page in files(finished, "figures/**/*.html").values():
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text and "cdn.jsdelivr" not in text and len(text) < 600_000
        shared = re.search(r'<script src="([^"]*)"></script>', text)[1]
        assert "vegaEmbed" in (page.parent / shared).read_text(encoding="utf-8") and "<svg" in text


def slow_outputs(W_hh, W_xh, W_hy, inputs):
    """Eqs. 1 and 2, one step after the other."""
    outputs = np.zeros((*inputs.shape[:2], len(W_hy)))
    for i, trial in enumerate(inputs):
        h = np.zeros(len(W_hh))
        for t, x in enumerate(trial):
            h = np.tanh(W_xh @ x + W_hh @ h)
            outputs[i, t] = W_hy @ h
    return outputs


def test_stored_numbers_follow_from_stored_weights(finished):
    """From the NetCDF files alone: the intact scores, the Schur form, and one ablation, with other code."""
    results = finished.folder / "results"
    for task in ("copy", "flipflop"):
        block = f"{task}/n6/orthogonal/seeds0-1.nc"
        networks, schur, ablation = (xr.load_dataset(results / s / block) for s in ("networks", "schur", "ablation"))
        made = make_task(json.loads(networks.attrs["task_settings"]))
        trials = made.held_out(16)
        for seed in networks["seed"].values:
            W_hh, W_xh, W_hy = (networks[n].sel(seed=seed).values.astype(float) for n in ("W_hh", "W_xh", "W_hy"))
            Q, T = schur["Q"].sel(seed=seed).values, schur["T"].sel(seed=seed).values
            assert np.max(np.abs(Q @ T @ Q.T - W_hh)) < 1e-13
            eigenvalues = np.sort(np.abs(np.linalg.eigvals(W_hh)))[::-1]
            assert np.allclose(schur["modulus"].sel(seed=seed).values, eigenvalues)
            n_R = int(np.sum(eigenvalues >= 0.5 * eigenvalues[0]))
            assert ablation["n_R"].sel(seed=seed, alpha=0.5) == n_R
            cut = T.copy()
            cut[:n_R, n_R:] = 0
            for removed, W in (("none", W_hh), ("CR", Q @ cut @ Q.T)):
                outputs = slow_outputs(W, W_xh, W_hy, trials.inputs)
                if task == "copy":
                    score = np.mean(((outputs >= 0) == (trials.targets > 0))[trials.mask])
                else:
                    centred = trials.targets - trials.targets.mean(axis=(0, 1))
                    score = np.sum((outputs - trials.targets) ** 2) / np.sum(centred**2)
                stored = ablation[made.metric].sel(seed=seed, alpha=0.5, removed=removed)
                assert float(stored) == pytest.approx(score, abs=1e-9)


def test_summary_is_mean_and_sem_of_the_networks(finished):
    summary = open_results(finished.folder / "results", "copy")
    parts = [
        xr.load_dataset(path)
        for name, path in files(finished).items()
        if name.startswith("ablation/copy/n6/orthogonal")
    ]
    values = np.concatenate([part["accuracy"].sel(alpha=0.9, removed="CR").values for part in parts])
    at = summary.sel(width=6, init="orthogonal", alpha=0.9, removed="CR")
    assert len(values) == 3 and at["accuracy"].values.tolist() == values.tolist()
    assert float(at["accuracy_mean"]) == pytest.approx(values.mean())
    assert float(at["accuracy_sem"]) == pytest.approx(values.std(ddof=1) / 3**0.5)
    assert int(at["accuracy_n"]) == int(at["networks_trained"]) == 3
    assert list(summary["init"].values) == ["orthogonal", "cayley"]
    normal = summary.sel(width=6, init="cayley", alpha=0.9, removed="CR")
    assert (normal["empty"] == 1).all() and normal["accuracy"].isnull().all() and int(normal["accuracy_n"]) == 0
    solved = int(at["networks_solved"])
    assert int(at["accuracy_solved_n"]) == solved


def test_everything_has_a_name_and_numbers_have_a_unit(finished):
    for path in files(finished).values():
        dataset = xr.load_dataset(path)
        for name, variable in dataset.variables.items():
            unit = "1" if variable.dtype.kind in "fiu" else None
            assert variable.attrs.get("long_name") and variable.attrs.get("units") == unit, (path, name)
            if "flag_values" in variable.attrs:
                assert variable.attrs["flag_values"].dtype == variable.dtype, (path, name)
                assert len(variable.attrs["flag_meanings"].split()) == len(variable.attrs["flag_values"])
                assert set(np.unique(variable.values[np.isfinite(variable.values)])) <= {0, 1}
        assert {"settings", "code", "versions", "Conventions", "title", "source", "references"} <= set(dataset.attrs)
        assert str(finished.folder) not in str(dataset.attrs) and "seeds_per_job" not in str(dataset.attrs)


def test_tables(finished):
    table = (finished.folder / "results" / "tables" / "profile_flipflop.csv").read_text(encoding="utf-8").splitlines()
    assert len(table) == 1 + 2 * 8 and "delta_fvu_solved_sem" in table[0]
    compared = (finished.folder / "results" / "tables" / "paper_vs_here.md").read_text(encoding="utf-8")
    assert compared.count("not in this config") == 54


@pytest.mark.slow
def test_blocks_cores_and_repeats_change_no_number(finished, tmp_path):
    """One core, blocks of three: the same arrays. The same config again: the same bytes."""
    again = Study(tmp_path / "again")
    again.folder.mkdir()
    again.snakemake("--until", "aggregate", "score_cuts", cores=1)
    for name, path in files(finished).items():
        assert path.read_bytes() == files(again)[name].read_bytes(), name

    other = Study(tmp_path / "other")
    other.folder.mkdir()
    other.config["seeds_per_job"] = 3
    other.snakemake("--until", "aggregate", "score_cuts")
    for task in ("copy", "flipflop"):
        first, second = (open_results(study.folder / "results", task) for study in (finished, other))
        assert first.identical(second)
        for stage in ("networks", "schur", "ablation", "cuts"):
            blocks = [f"{stage}/{task}/n6/orthogonal/seeds{b}.nc" for b in ("0-1", "2-3")]
            parts = xr.concat([xr.load_dataset(files(finished)[b]) for b in blocks], "seed", data_vars="minimal")
            whole = xr.load_dataset(files(other)[f"{stage}/{task}/n6/orthogonal/seeds0-2.nc"])
            for variable in whole.variables:
                np.testing.assert_array_equal(whole[variable].values, parts[variable].values)


def test_which_jobs_for_the_papers_config(study):
    """In an empty folder, config.yaml as it is: 12 + 3 blocks of networks and what follows from them."""
    study.config = {"folders": study.config["folders"]}
    jobs = study.planned()
    assert jobs["train"] == jobs["decompose"] == jobs["ablate"] == 15
    assert jobs["aggregate"] == 4 and jobs["tabulate"] == 1 and jobs["figures_copy"] == jobs["figures"] == 1
    study.config["seeds"] = [0, 1, 2, 3]
    assert study.planned()["train"] == 30


def test_another_block_size_is_announced(finished):
    changed = Study(finished.folder)
    changed.config["seeds_per_job"] = 1
    said = changed.snakemake("--dry-run").stdout
    assert "seeds_per_job is 1, but networks lie there in blocks of 2" in said


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("seeds", [1, 1], "config: seeds: 1 stands there twice"),
        pytest.param("gpu", 7, "config: gpu: 7 is too large; at most 1 is allowed", marks=pytest.mark.slow),
        pytest.param("sedes", [1], "did you mean 'seeds'?", marks=pytest.mark.slow),
    ],
)
def test_a_mistake_stops_before_any_job_and_loses_nothing(finished, key, value, sentence):
    before = {name: path.read_bytes() for name, path in files(finished).items()}
    wrong = Study(finished.folder)
    wrong.config[key] = value
    done = wrong.snakemake(check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and sentence in said and "Traceback" not in said
    assert {name: path.read_bytes() for name, path in files(finished).items()} == before
    assert finished.planned() == {}


@pytest.mark.slow
def test_a_diverged_network_is_stored_and_the_run_goes_on(study):
    study.config["tasks"]["copy"] = None
    study.config["figures"] |= {"copy_profile": None}
    study.config["tasks"]["flipflop"]["training"] = {"learning_rate": 1.0e30}
    study.snakemake()
    summary = open_results(study.folder / "results", "flipflop")
    assert (summary["status"] == "diverged").all() and (summary["networks_diverged"] == 3).all()
    assert summary["fvu"].isnull().all() and (summary["fvu_n"] == 0).all() and summary["fvu_mean"].isnull().all()
    assert summary["n_R"].isnull().all()
    assert "None of the 3 networks has a Schur form" in (study.folder / "results" / "explorer.html").read_text()


def test_the_report_is_built_without_network(finished):
    finished.snakemake("--report", finished.folder / "report.zip")
    assert (finished.folder / "report.zip").stat().st_size > 50_000


@pytest.mark.slow
def test_studies_are_valid(study):
    """Each alone, as people give it, but for those that stand on another: those as the Makefile gives them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    on_another = [files.split() for files in re.findall(r"--configfile ((?:studies/\S+ ?){2,})", makefile)]
    alone = {str(file.relative_to(ROOT)) for file in (ROOT / "studies").glob("*.yaml")}
    alone -= {files[-1] for files in on_another}
    for files in [[file] for file in sorted(alone)] + on_another:
        done = study.snakemake("--dry-run", configs=[ROOT / file for file in files])
        assert "train" in done.stdout
