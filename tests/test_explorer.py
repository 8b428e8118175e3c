"""The explorer in a browser: outputs as Python's, sentences as the files', cuts at moduli, nothing cut or asked for."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from browser import PROGRAM, WHY_NOT, Browser
from schurscope import cli
from schurscope.analyses.ablation import sectors_of
from schurscope.cells.rollout import rollout
from schurscope.cells.weights import Weights
from schurscope.metrics.fraction_unexplained import discrepancy
from schurscope.reports.explorer import explorer
from schurscope.reports.explorer.explored import Block, places
from schurscope.schur.form import stored_form
from schurscope.schur.split import fragile
from schurscope.stages.ablate import ablate
from schurscope.stages.analyse import analyse
from schurscope.stages.circuit import circuit
from schurscope.stages.decompose import decompose
from schurscope.stages.read import datasets
from schurscope.stages.score_cuts import score_cuts
from schurscope.store import netcdf

N, ALPHA, NEAR = 9, 0.7, 0.01
in_a_browser = pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)


def leaky(rng) -> tuple[Weights, dict]:
    """A tanh network with all that one may have, and trials with a mask and initial states."""
    W = Weights(rng.normal(0, 1.2 * N**-0.5, (N, N)), rng.normal(size=(N, 2)), rng.normal(size=(3, N)))
    W = replace(W, b_h=rng.normal(size=N), b_y=rng.normal(size=3), leak=0.4)
    trials = {"inputs": rng.normal(size=(16, 30, 2)), "targets": rng.normal(size=(16, 30, 3))}
    return W, trials | {"h0": rng.normal(size=(16, N)), "mask": rng.random((16, 30, 3)) < 0.7}


def rectified(rng) -> tuple[Weights, dict]:
    W = Weights(rng.normal(0, N**-0.5, (N, N)), rng.normal(size=(N, 1)), rng.normal(size=(1, N)), cell="relu")
    return W, {"inputs": rng.normal(size=(16, 40, 1)), "targets": rng.normal(size=(16, 40, 1))}


def block(name: str, weights: Weights, trials: dict, more: bool = False) -> Block:
    """What is measured of one network; ``more``: controls and circuits too."""
    networks, recorded = datasets(name, weights, trials, activation=weights.cell)
    schur = decompose(networks)
    found = {"ablation": ablate(networks, schur, {"alphas": [0.6, ALPHA]}, recorded), "trials": recorded}
    found["cuts"] = score_cuts(networks, schur, {"trials": 5}, recorded)
    if more:
        settings = {"alpha": ALPHA, "trials": 7, "own": {"draws": 5}, "alphas": [0.6, ALPHA]}
        made = analyse("controls", networks, schur, settings, recorded)
        found["controls"] = made.assign_attrs(settings=json.dumps(settings))
        found["circuit"] = circuit(networks, schur, {"epsilons": [0.05]}, recorded)
    return Block(networks, schur, **found)


@pytest.fixture(scope="module")
def blocks():
    rng = np.random.default_rng(3)
    return {"leaky": block("leaky", *leaky(rng), more=True), "relu": block("relu", *rectified(rng))}


@pytest.fixture(scope="module")
def page(blocks, tmp_path_factory):
    file = tmp_path_factory.mktemp("explorer") / "explorer.html"
    file.write_text(explorer.page(blocks.values(), ALPHA, NEAR), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def browser(page):
    with Browser(page.parent / "profile") as browser:
        yield browser


def opened(browser, page, address="") -> None:
    browser.open(page, address)
    browser.run("schurscope.ready.then(() => 1)")


def seen(browser, page, address) -> None:
    """The same view without loading the page again, where it is there."""
    if browser.run("location.href").partition("#")[0] != page.resolve().as_uri():
        return opened(browser, page, address)
    browser.run(f"schurscope.go({address!r})")


def form_of(block):
    return stored_form(*(block.networks["W_hh"].values[0], block.schur["Q"].values[0], block.schur["T"].values[0]))


@in_a_browser
@pytest.mark.parametrize("name", ["leaky", "relu"])
@pytest.mark.parametrize("removed, dose", [("CR", 1), ("RR+CC", 0.25), ("none", 1)])
def test_outputs_are_those_of_python(blocks, page, browser, name, removed, dose):
    block = blocks[name]
    form, weights = form_of(block), netcdf.weights_of(block.networks, 0)
    entries = form.removal(sectors_of(removed), ALPHA)
    changed = form.Q @ np.where(entries, (1 - dose) * form.T, form.T) @ form.Q.T if entries.any() else form.W
    trials = netcdf.trials_of(block.trials).part(0, 3)
    expected = rollout(replace(weights, W_hh=changed), trials.inputs, trials.h0)
    seen(browser, page, f"#task={name}&alpha={ALPHA}&remove={removed}&dose={dose}")
    found = np.reshape(browser.run("Array.from(schurscope.drawn().outputs)"), expected.shape)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert entries.any() == (removed != "none")
    if entries.any():
        intact = rollout(weights, trials.inputs, trials.h0)
        assert browser.run("schurscope.drawn().seen.live") == pytest.approx(discrepancy(expected, intact, trials.mask))


@in_a_browser
def test_sentences_are_made_from_what_is_stored(blocks, page, browser):
    block = blocks["leaky"]
    seen(browser, page, f"#task=leaky&alpha={ALPHA}&remove=CR")
    words = browser.run("schurscope.drawn().seen.words")
    score = block.ablation["fvu"].sel(seed=0, alpha=ALPHA)
    intact, without = score.sel(removed="none").item(), score.sel(removed="CR").item()
    ends = re.search(r"from ([0-9.]+) to ([0-9.]+) \(α = 0\.7, 16 held-out trials\)", words).groups()
    assert [float(end) for end in ends] == pytest.approx([intact, without], rel=0.01), words
    shares = block.controls["percentile"].sel(seed=0, sector="CR").values
    assert [int(share) for share in re.findall(r"([0-9]+) %", words)] == np.round(shares).tolist(), words
    assert "5 random changes" in words and "7 trials" in words
    for _, low, high in form_of(block).cuts():
        for alpha in (high - 0.3 * NEAR, (low + high) / 2):
            browser.run(f"schurscope.set({{ alpha: {alpha} }})")
            words = browser.run("schurscope.drawn().seen.words")
            assert ("fragile" in words) == fragile(form_of(block).moduli, alpha, NEAR), words
            ends = re.search(r"sound from α = ([0-9.]+) to ([0-9.]+)[.,]", words)
            expected = [low + NEAR if low else 0, high - NEAR if high < 1 else 1]
            assert (ends is not None) == (expected[0] < expected[1])
            assert ends is None or [float(end) for end in ends.groups()] == pytest.approx(expected, abs=6e-4)
    browser.run("schurscope.set({ epsilon: 0.05 })")
    words, found = browser.run("schurscope.drawn().seen.words"), block.circuit.isel(seed=0, epsilon=0)
    assert f"the {int((found['kept'] == 0).sum())} coupling" in words and "8 held-out trials" in words
    assert float(re.search(r"discrepancy ([0-9.]+)", words)[1]) == pytest.approx(found["discrepancy"].item(), rel=0.02)
    browser.run("schurscope.set({ epsilon: null, remove: ['RR', 'CC'], dose: 0.5 })")
    assert "nothing is stored" in browser.run("schurscope.drawn().seen.words")
    browser.run("schurscope.set({ dose: 1, alpha: 1e-6, remove: ['CR'] })")
    assert "nothing to remove" in browser.run("schurscope.drawn().seen.words")


@in_a_browser
def test_the_cut_snaps_to_the_moduli(blocks, page, browser):
    form = form_of(blocks["relu"])
    places = form.moduli / form.moduli.max()
    seen(browser, page, "#task=relu&alpha=0.7")
    assert browser.run("schurscope.drawn().seen.cut.nR") == form.leading(0.7)
    for n_R, _, high in form.cuts():
        cut = browser.run(f"schurscope.snapped(schurscope.drawn().network, {high!r})")
        assert cut["nR"] == n_R == form.leading(cut["alpha"]) and np.min(np.abs(places - cut["alpha"])) < 1e-8
    where = "schurscope.onScreen(schurscope.drawn().seen.cut.alpha)"
    start, target = browser.run(where), browser.run(f"schurscope.onScreen({places[-1] + 0.01})")
    for kind, (x, y) in (("mousePressed", start), ("mouseMoved", target), ("mouseReleased", target)):
        browser.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)
    browser.run("schurscope.set({})")
    assert browser.run("schurscope.state.alpha") == pytest.approx(places[-1], abs=1e-8)


@in_a_browser
def test_a_view_can_be_sent(page, browser):
    changes = "{ task: 'leaky', remove: ['RR', 'CC'], epsilon: 0.05, dose: 0.35, alpha: 0.61234, axis: 'n_R' }"
    seen(browser, page, "#")
    browser.run(f"schurscope.set({changes})")
    sent = browser.run("new Promise((done) => setTimeout(() => done(location.hash), 300))")
    state, words = browser.run("schurscope.state"), browser.run("schurscope.drawn().seen.words")
    opened(browser, page, sent)
    assert browser.run("schurscope.state") == state and browser.run("schurscope.drawn().seen.words") == words
    seen(browser, page, "#task=<b>&alpha=7&remove=XX&epsilon=3&seed=99&dose=-1&colour=x")
    assert browser.run("schurscope.state.alpha") == ALPHA and browser.run("schurscope.state.task") == "leaky"


@in_a_browser
def test_nothing_is_cut_asked_for_or_complained_of(page, browser):
    for width in (400, 768, 1400):
        browser.size(width)
        for task in ("leaky", "relu"):
            (opened if width == 400 else seen)(browser, page, f"#task={task}")
            assert browser.run("document.scrollingElement.scrollWidth <= innerWidth"), width
            inside = "[...document.querySelectorAll('canvas, figure, select, output')].every("
            inside += "(one) => one.getBoundingClientRect().right <= innerWidth + 0.5)"
            assert browser.run(inside), width
    assert not browser.console and all(url.startswith(("file:", "about:", "data:")) for url in browser.requests)


@in_a_browser
def test_of_many_networks_stored_values_are_shown(blocks, browser, tmp_path, monkeypatch):
    monkeypatch.setattr(explorer, "MOST_LIVE", 1)
    file = tmp_path / "many.html"
    file.write_text(explorer.page(blocks.values(), ALPHA, NEAR), encoding="utf-8")
    opened(browser, file, "#task=leaky")
    assert browser.run("document.getElementById('trials').hidden && schurscope.drawn().outputs === null")
    T, most = form_of(blocks["leaky"]).T, np.abs(form_of(blocks["leaky"]).T).max()
    found = np.reshape(browser.run("Array.from(schurscope.drawn().network.T)"), T.shape)
    np.testing.assert_allclose(found, T, atol=most / 65000)
    assert "held-out trials" in browser.run("schurscope.drawn().seen.words")


def test_the_command_line_writes_one_of_checkpoints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights, trials = leaky(np.random.default_rng(4))
    np.savez("trials.npz", **trials)
    for step in (10, 9):
        np.savez(f"step_{step}.npz", **weights.arrays(), leak=weights.leak)
    cli.main(["profile", "step_9.npz", "step_10.npz", *"--trials trials.npz --no-figure --explore page.html".split()])
    data = json.loads(re.search(r'id="data">(.*)</script>', (tmp_path / "page.html").read_text(encoding="utf-8"))[1])
    assert [(one["task"], one["step"], one["n"]) for one in data["networks"]] == [
        ("trials", f"step_{k}", N) for k in (9, 10)
    ]
    assert (
        data["alpha"] == 0.9
        and data["networks"][0]["grid"]["trials"] == 16
        and data["networks"][1]["live"]["leak"] == 0.4
    )


def test_modes_in_one_place_are_counted():
    eigenvalues = np.array([1, 0.99, 1j, -1j, 0, 0, 0.001])
    assert places(eigenvalues) == [[0.995, 0.0, 2], [pytest.approx(0.00033), 0.0, 3]]


def test_of_too_many_the_first_seeds_are_shown(blocks):
    every = [(block, seed) for block in blocks.values() for seed in range(5)]
    assert [seed for _, seed in explorer.first_seeds(every, 7)] == [0, 1, 2, 0, 1, 2]
    assert explorer.first_seeds(every, 10) == every


@pytest.mark.slow
@in_a_browser
def test_45_networks_are_below_10_megabytes_and_answer_at_once(browser, tmp_path):
    """Networks of the paper's sizes; their weights do not matter."""
    rng, made = np.random.default_rng(0), {}
    for n in (56, 64, 72):
        W = Weights(rng.normal(0, n**-0.5, (n, n)), rng.normal(size=(n, 8)), rng.normal(size=(8, n)))
        W = replace(W, W_hh=W.W_hh.astype(np.float32).astype(float))
        trials = {"inputs": rng.normal(size=(4, 136, 8)), "targets": rng.normal(size=(4, 136, 8))}
        made[n] = block(str(n), W, trials)
    blocks = [replace(made[n], of=str(number)) for number, n in enumerate([56, 64, 72] * 12 + [64] * 9)]
    file = tmp_path / "paper.html"
    file.write_text(explorer.page(blocks, ALPHA, NEAR), encoding="utf-8")
    assert file.stat().st_size < 10e6
    opened(browser, file)
    times = browser.run("""(async () => {
      const times = [], { network } = schurscope.drawn();
      for (const high of network.cuts.high.slice(0, 24)) {
        const start = performance.now();
        await schurscope.set({ alpha: schurscope.snapped(network, high).alpha });
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        times.push(performance.now() - start);
      }
      return times;
    })()""")
    assert np.median(times) < 100, times
