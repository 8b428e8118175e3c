"""Atlas and circuits in the workflow: which networks, what runs again, what a config may say."""

import numpy as np
import pytest

import drawn_figures
from schurscope.analyses.bases import BASES
from schurscope.foundations.defaults import DIAGNOSED
from schurscope.foundations.errors import SchurscopeError
from schurscope.foundations.registry import REGISTRY
from schurscope.reports import labels
from schurscope.reports.figures import circuit_numbers
from schurscope.stages.settings import CIRCUIT, complete
from schurscope.store import netcdf, open_results
from schurscope.workflow import plan
from schurscope.workflow.config.whole import check_config

CIRCUITS = {
    "of": {"flipflop": {"inits": ["normal"]}, "sine": {}, "copy": None},
    "atlas_trials": 8, "selection": 16, "guard": 16, "trials": 24, "epsilons": [0.2, 0.05], "controls": ["neurons"],
    "questions": ["anatomy", "untrained"],
}  # fmt: skip


@pytest.mark.slow
def test_asked_for_networks_get_them_and_a_changed_epsilon_runs_again_alone(study):
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [6], "inits": ["orthogonal", "normal"]}}
    study.config |= {"circuits": CIRCUITS, "cuts": {"trials": 8}, "seeds": [0, 1]}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    wanted = [f"results/{stage}/flipflop/n6/normal/seeds0-1.nc" for stage in ("atlas", "circuit")]
    planned = study.planned()
    assert planned["atlas"] == planned["circuit"] == planned["circuit_control"] == 1 and planned["train"] == 2
    assert planned["circuit_question"] == 2
    drawn = ("circuit_numbers", "circuit_picture", "atlas_map", "circuit_dimension")
    pages = [f"results/figures/{name}.html" for name in drawn]
    together = "results/circuit_summary/flipflop.nc"
    study.run(
        *wanted, together, "results/explorer.html", "results/tables/circuits.csv", "results/trust/trust.html", *pages
    )
    assert (
        "Coupling by coupling: not decidable, no solved network"
        in (study.folder / "results/trust/trust.html").read_text()
    )
    drawn_figures.check_figures(study.folder / "results/figures")
    lines = (study.folder / "results/tables/circuits.csv").read_text().splitlines()
    assert len(lines) == 9 and "flipflop,6,normal,1,ok,0,schur,0.2," in lines[4]
    assert "flipflop,6,normal,0,ok,0,neurons,0.05," in lines[5]
    control = netcdf.read(study.folder / "results/circuit_controls/neurons/flipflop/n6/normal/seeds0-1.nc", "circuit")
    assert control["basis"] == "neurons" and np.array_equal(control["P"][0], np.eye(6))
    numbers, picture, atlas, dimension = ((study.folder / page).read_text() for page in pages)
    assert "neurons" in numbers and "of N removed" in picture and "couplings kept at" in atlas
    assert dimension.count('"ratio":') == 2 * 2
    rows = [csv(study, name) for name in ("circuit_anatomy", "circuit_untrained", "circuits_shared")]
    assert [len(row) for row in rows] == [2 * 2 * 3 * 2, 2 * 2, 2]
    assert (study.folder / "results/tables/circuit_untrained.md").read_text().count("flipflop | 6 | normal |") == 2
    assert "| flipflop | 6 | normal | share |" in (study.folder / "results/tables/predictors.md").read_text()
    found = netcdf.read(study.folder / wanted[1], "circuit", task="flipflop", width=6, init="normal")
    assert found["epsilon"].values.tolist() == [0.05, 0.2] and found.attrs["guard"] == 16
    effects = netcdf.read(study.folder / wanted[0], "atlas")["effect"]
    assert np.isfinite(effects).sum() > 20 and found.sizes["seed"] == 2
    summary = open_results(study.folder / "results", "flipflop")
    at = summary.sel(width=6, init="normal", basis="schur", epsilon=0.2)
    shares = found["removed_share"].sel(epsilon=0.2).values
    assert np.array_equal(at["circuit_removed_share"], shares)
    assert at["circuit_removed_share_mean"] == pytest.approx((shares[0] + shares[1]) / 2)
    assert at["circuit_removed_share_sem"] == pytest.approx(abs(shares[0] - shares[1]) / 2)
    assert at["circuit_fvu_n"] == 2 and at["circuit_fvu_solved_n"] == 0 and at["fvu_n"].sel(removed="none").min() == 2
    assert summary["circuit_removed_share"].sel(init="orthogonal").isnull().all(), "of these no circuit was looked for"
    assert summary["basis"].values.tolist() == ["schur", "neurons"]
    assert study.planned(*wanted, together) == {}
    study.config["circuits"] = CIRCUITS | {"epsilons": [0.3]}
    assert study.planned(*wanted).get("circuit") == 1 and "atlas" not in study.planned(*wanted)
    study.config["circuits"] = CIRCUITS | {"atlas_trials": 9}
    assert study.planned(*wanted).get("atlas") == 1 and "circuit" not in study.planned(*wanted)


@pytest.mark.slow
def test_whole_couplings_between_blocks_go_together(study):
    study.config["tasks"] |= {"copy": None, "flipflop": {"widths": [6], "inits": ["normal"]}}
    study.config |= {"circuits": CIRCUITS | {"unit": "block", "controls": []}, "cuts": None, "seeds": [0, 1]}
    study.config["figures"] |= {"copy_profile": None, "task_profile": None}
    wanted = "results/circuit/flipflop/n6/normal/seeds0-1.nc"
    study.run(wanted, "results/circuit_summary/flipflop.nc")
    found = netcdf.read(study.folder / wanted, "circuit").sel(epsilon=0.2)
    block = netcdf.read(study.folder / "results/schur/flipflop/n6/normal/seeds0-1.nc", "schur")["block"]
    for seed in (0, 1):
        own, kept = block.sel(seed=seed).values, found["kept"].sel(seed=seed).values
        wholes = [kept[np.ix_(own == i, own == j)] for i in set(own) for j in set(own)]
        assert all(len(np.unique(whole)) == 1 for whole in wholes) and any(not whole.any() for whole in wholes)


def csv(study, name):
    return (study.folder / f"results/tables/{name}.csv").read_text().splitlines()[1:]


def test_every_basis_may_be_a_control_and_has_its_look(paper_config):
    allowed = paper_config | {"circuits": {"of": {}, "controls": list(BASES)}}
    assert check_config(allowed)["circuits"]["controls"] == list(BASES)
    assert set(circuit_numbers.LOOKS) == set(labels.BASES) == {"schur", *BASES}
    asked = paper_config | {"circuits": {"of": {}, "questions": list(REGISTRY["question"])}}
    assert check_config(asked)["circuits"]["questions"] == list(REGISTRY["question"])


def test_the_config_s_defaults_are_the_stage_s(paper_config):
    found = check_config(paper_config)["circuits"]
    stage = complete({}, CIRCUIT)
    assert stage == {name: found[name] for name in stage} and found["atlas_trials"] == DIAGNOSED


def test_the_paper_s_networks(paper_config):
    places = [f"{block.task}/{block.place}" for block in plan.circuit_blocks(check_config(paper_config))]
    others = [f"{task}/n64/orthogonal" for task in ("flipflop", "sine", "integration")]
    assert places == ["copy/n72/orthogonal", *others]
    paper_config["tasks"]["sine"] = None
    paper_config["figures"]["task_profile"] = None
    places = [block.task for block in plan.circuit_blocks(check_config(paper_config))]
    assert places == ["copy", "flipflop", "integration"], "those of a task that is left out are left out"
    paper_config["circuits"] = None
    assert plan.circuit_blocks(check_config(paper_config)) == []


def test_too_many_couplings_are_refused_before_work_starts(paper_config):
    paper_config["tasks"]["flipflop"]["widths"] = [64, 250]
    paper_config["circuits"] = {"of": {"flipflop": {}}, "controls": ["schur_reversed"]}
    assert check_config(paper_config)
    paper_config["circuits"]["controls"] = ["neurons"]
    with pytest.raises(SchurscopeError, match="circuits.of.flipflop: at width 250 there are 62500 couplings to choose"):
        check_config(paper_config)
    paper_config["circuits"]["of"]["flipflop"] = {"widths": [64]}
    assert check_config(paper_config)
    paper_config["tasks"]["flipflop"]["widths"] = [64, 300]
    paper_config["circuits"] = {"of": {"flipflop": {}}, "unit": "block"}
    assert check_config(paper_config)
    paper_config["circuits"]["unit"] = "coupling"
    with pytest.raises(SchurscopeError, match="width 300 .* 0.9 GB of memory; at most 40000"):
        check_config(paper_config)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"of": {"flop": {}}}, "circuits.of: there is no task or network 'flop'; allowed: copy, flipflop, sine, int"),
        (
            {"of": {"copy": {"widths": [65]}}},
            r"circuits.of.copy.widths: 65 is not among those of the task \(56, 64, 72\)",
        ),
        ({"of": {"copy": {"inits": ["haar"]}}}, "circuits.of.copy.inits: haar is not among those of the task"),
        ({"of": {}, "epsilons": [0]}, "circuits.epsilons.0: 0 .*above 0"),
        ({"of": {}, "guard": 1}, "circuits.guard: 1"),
        ({"epsilons": [0.1]}, "circuits.*'of'"),
        ({"of": {}, "controls": ["fourier"]}, "circuits.controls.0: 'fourier' is not known; allowed: schur_shuffled"),
        ({"of": {}, "controls": ["neurons"], "unit": "block"}, "circuits.controls: other coordinates have no blocks"),
        (
            {"of": {}, "questions": ["why"]},
            "circuits.questions.0: 'why' is not known; allowed: anatomy, function, rules",
        ),
        ({"of": {}, "unit": "row"}, "circuits.unit: 'row' is not known; allowed: coupling, block"),
    ],
)
def test_a_mistake_is_one_sentence(paper_config, changed, sentence):
    paper_config["circuits"] = changed
    with pytest.raises(SchurscopeError, match=sentence):
        check_config(paper_config)
