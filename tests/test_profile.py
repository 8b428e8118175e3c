"""The profile of one network without a workflow: against plain loops, from every kind of input, on the command line."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

import elsewhere
import schurscope
from conftest import ROOT
from schurscope import cli
from schurscope.foundations.errors import SchurscopeError
from schurscope.tasks import make_task

RNG = np.random.default_rng(9)
N, ALPHA, LEAK = 8, 0.7, 0.4


@pytest.fixture(scope="module")
def leaky():
    """A leaky network with biases and trials with a mask, initial states and its own outputs."""
    w = {"W_hh": 1.4 * RNG.standard_normal((N, N)) / N**0.5, "W_xh": RNG.standard_normal((N, 2))}
    w |= {
        "W_hy": RNG.standard_normal((3, N)),
        "b_h": RNG.standard_normal(N),
        "b_y": RNG.standard_normal(3),
        "leak": LEAK,
    }
    trials = {"inputs": RNG.standard_normal((9, 11, 2)), "h0": RNG.standard_normal((9, N))}
    trials["mask"] = RNG.random((9, 11, 3)) < 0.6
    trials["outputs"] = plain(w["W_hh"], w, trials)
    trials["targets"] = trials["outputs"] + 0.1 * RNG.standard_normal((9, 11, 3))
    return w, trials


def plain(W_hh, w, trials):
    """Outputs, one trial, one step, one unit after the other."""
    outputs = np.zeros((*trials["inputs"].shape[:2], len(w["W_hy"])))
    for i, trial in enumerate(trials["inputs"]):
        h = trials["h0"][i]
        for t, x in enumerate(trial):
            h = np.array(
                [(1 - LEAK) * h[k] + LEAK * np.tanh(w["W_xh"][k] @ x + W_hh[k] @ h + w["b_h"][k]) for k in range(N)]
            )
            outputs[i, t] = w["W_hy"] @ h + w["b_y"]
    return outputs


def plain_fvu(outputs, targets, mask):
    above = below = 0.0
    for c in range(targets.shape[2]):
        y = targets[..., c][mask[..., c]]
        above += np.sum((outputs[..., c][mask[..., c]] - y) ** 2)
        below += np.sum((y - y.mean()) ** 2)
    return above / below


def test_every_number_by_plain_loops(leaky):
    w, trials = leaky
    profile = schurscope.profile(**w, trials=trials, alphas=[ALPHA], name="mine")
    Q, T = profile["Q"].values, profile["T"].values
    assert np.allclose(Q @ T @ Q.T, w["W_hh"], atol=1e-13) and np.allclose(Q.T @ Q, np.eye(N), atol=1e-13)
    moduli = np.sort(np.abs(np.linalg.eigvals(w["W_hh"])))[::-1]
    assert np.allclose(profile["modulus"], moduli)
    n_R = int(np.sum(moduli >= ALPHA * moduli[0]))
    assert profile["n_R"].item() == n_R and 0 < n_R < N
    block = profile["block"].values
    intact = trials["outputs"]
    for removed in profile["removed"].values:
        cut = T.copy()
        for i in range(N):
            for j in range(N):
                sector = {(True, True): "RR", (True, False): "CR", (False, False): "CC"}.get((i < n_R, j < n_R))
                if block[i] < block[j] and sector in removed.split("+"):
                    cut[i, j] = 0
        outputs = plain(Q @ cut @ Q.T, w, trials)
        at = profile.sel(alpha=ALPHA, removed=removed)
        expected = plain_fvu(outputs, trials["targets"], trials["mask"])
        assert at["fvu"].item() == pytest.approx(expected, abs=1e-9)
        delta = expected - plain_fvu(intact, trials["targets"], trials["mask"])
        mass = np.linalg.norm(T - cut) / np.linalg.norm(T)
        assert at["delta_fvu"].item() == pytest.approx(delta, abs=1e-9)
        assert at["removed_mass"].item() == pytest.approx(mass, abs=1e-12)
        assert at["discrepancy"].item() == pytest.approx(plain_fvu(outputs, intact, trials["mask"]), abs=1e-9)
    assert profile.attrs["reproduction"] < 1e-12 and profile["task"].item() == "mine"


def test_whatever_people_have(leaky, tmp_path):
    """Tensors that need gradients, lists, a dataset, a file, W^T, another order of axes: the same numbers."""
    w, trials = leaky
    expected = schurscope.profile(**w, trials=trials)
    np.savez(tmp_path / "t.npz", **trials)
    dims = {3: ("trial", "time"), 2: ("trial", "unit")}
    dataset = xr.Dataset({k: ((*dims[a.ndim], f"{k}_")[: a.ndim], a) for k, a in trials.items()})
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in w.items() if name != "leak"}
    lists = {name: np.asarray(value).tolist() for name, value in w.items()}
    turned = w | {name: w[name].T for name in ("W_hh", "W_xh", "W_hy")}
    swapped = {name: a if name == "h0" else a.swapaxes(0, 1) for name, a in trials.items()}
    others = [
        schurscope.profile(**tensors, leak=LEAK, trials=trials),
        schurscope.profile(**lists, trials=str(tmp_path / "t.npz")),
        schurscope.profile(**w, trials=np.load(tmp_path / "t.npz")),
        schurscope.profile(**w, trials=dataset),
        schurscope.profile(**turned, trials=trials, orientation="W^T"),
        schurscope.profile(**w, trials=swapped, axes=["time", "batch", "channel"]),
    ]
    for other in others:
        xr.testing.assert_identical(other, expected)


def test_trials_of_a_built_in_task():
    task = make_task({"task": "flipflop", "length": 8})
    weights = RNG.standard_normal((6, 6)) / 3, RNG.standard_normal((6, 3)), RNG.standard_normal((3, 6))
    trials = task.held_out(20)
    assert np.isfinite(schurscope.profile(*weights, trials)["fvu"]).all()
    signs = {"inputs": trials.inputs, "targets": np.sign(trials.inputs + 0.5)}
    by_sign = schurscope.profile(*weights, signs, metric="accuracy")
    assert by_sign.sizes["lag"] == 8 and ((by_sign["accuracy"] >= 0) & (by_sign["accuracy"] <= 1)).all()


def test_in_a_notebook(leaky):
    w, trials = leaky
    profile = schurscope.profile(**w, trials=trials)
    assert len(profile.data_vars) <= 15, "xarray would fold them away"
    assert all(
        variable.attrs["long_name"] and variable.attrs["units"] == "1" for variable in profile.data_vars.values()
    )
    page = profile._repr_html_()
    assert all(name in page for name in ("delta_fvu", "removed", "n_R"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"W_hh": "W"}, "W_hh is not an array of real numbers"),
        ({"W_hh": [[1, 2], [3]]}, "W_hh is not an array of real numbers"),
        ({"W_hh": np.eye(3)}, "the shapes do not fit together"),
        ({"b_h": [0, np.nan] * 4}, "4 of 8 numbers in b_h are not finite"),
        ({"leak": 0}, "leak is 0; it must be a number above 0 and at most 1"),
        ({"leak": "0.1"}, "leak is '0.1'; it must be a number"),
        ({"alphas": [0.0]}, "alpha is 0.0; it must be above 0"),
        ({"alphas": []}, "there are no alphas"),
        ({"alphas": None}, "alphas are None"),
        ({"W_xh": None}, "W_xh missing"),
        ({"W_hh": []}, "a square matrix is needed"),
        ({"W_hy": np.full((3, 8), 1e200)}, "24 of 24 numbers in W_hy are not finite .or beyond"),
        ({"leak": None}, "leak is None; it must be a number"),
        ({"orientation": np.eye(2)}, "orientation is array"),
        ({"axes": 3}, "axes are 3; each of"),
        ({"tolerance": "1e-5"}, "tolerance is '1e-5'; it must be a number above 0"),
        ({"alphas": "0.9"}, "alphas are '0.9'; a number or a list"),
        ({"metric": "mse"}, "metric is 'mse'; allowed: accuracy, fvu, cross_entropy, bits_per_character"),
        ({"activation": "gelu"}, "activation is 'gelu'; allowed: tanh, relu, modrelu"),
        ({"activation": "modrelu"}, "b_modulus missing"),
        ({"own": {"b_modulus": [0.0]}}, "b_modulus is no array of tanh units; they have none"),
        ({"cell": "modrelu", "own": {"b_modulus": [0.0]}}, "b_modulus must be"),
        ({"target_mean": "median"}, "target_mean: 'median' is not known; allowed: channel, trajectory"),
        ({"orientation": "T"}, "orientation is 'T'; allowed: W, W\\^T"),
        ({"axes": ["time", "batch"]}, "axes are time, batch; each of batch, time, channel is needed once"),
        ({"trials": None}, "trials are a NoneType"),
        ({"trials": {}}, "inputs and targets missing; found: nothing"),
        ({"trials": "nothing.npz"}, "nothing.npz does not exist"),
    ],
)
def test_mistakes_in_python(leaky, change, words):
    w, trials = leaky
    with pytest.raises(SchurscopeError, match=words) as caught:
        schurscope.profile(**({**w, "trials": trials} | change))
    assert "\n" not in str(caught.value)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A network and its trials in a folder that the command runs in."""
    network = elsewhere.trained()
    torch.save(network.state_dict(), tmp_path / "net.pt")
    np.savez(tmp_path / "t.npz", **elsewhere.recorded(network))
    for name in ("loop.pt", "loop.npz"):
        (tmp_path / name).symlink_to(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command(files, capsys):
    cli.main(["profile", "net.pt", "--trials", "t.npz", "--alphas", "0.9,0.5"])
    said = capsys.readouterr()
    assert "reading net.pt" in said.err and "intervention 16 of 16" in said.err
    assert "net: 16 tanh units, inputs: 2, outputs: 3, leak 1" in said.out
    assert "b_h: rnn.bias_ih_l0 + rnn.bias_hh_l0" in said.out and "recorded outputs are reproduced, to" in said.out
    network, trials = elsewhere.trained(), np.load("t.npz")
    profile = schurscope.profile(**elsewhere.arrays(network), trials=trials, alphas=[0.5, 0.9])
    stored = xr.load_dataset("net_profile.nc")
    for name in profile.data_vars:
        assert np.allclose(stored[name], profile[name], atol=1e-7, equal_nan=True), name
    for alpha in (0.5, 0.9):
        for removed in profile["removed"].values:
            value = f"{profile['fvu'].sel(alpha=alpha, removed=removed).item():.4g}"
            part = said.out.split(f"alpha {alpha:g}:")[1]
            assert value in re.search(rf"^  {re.escape(removed)} .*$", part, re.MULTILINE)[0]
    page = (files / "net_profile.html").read_text(encoding="utf-8")
    assert 'src="http' not in page and "cdn.jsdelivr" not in page and len(page) > 500_000
    assert (files / "net_profile.png").read_bytes()[:4] == b"\x89PNG" and (files / "net_profile.svg").is_file()


def test_the_command_with_a_task_and_another_name(files, capsys):
    torch.manual_seed(0)
    np.savez("n.npz", J=np.random.default_rng(0).standard_normal((5, 5)), B=np.ones((1, 5)), D=np.ones((5, 1)))
    arguments = ["profile", "n.npz", "--task", "{task: sine, length: 9}", "--orientation", "W^T", "--leak", "0.5"]
    arguments += ["--output", "a", "--keys", "W_hh=J", "W_xh=B", "W_hy=D"]
    cli.main(arguments)
    said = capsys.readouterr().out
    assert said.startswith("Warning: nothing says that these are tanh units") and "--activation tanh" in said
    assert "leak 0.5" in said and "W_hh: J" in said
    assert "nothing says that these are tanh units" in Path("a.svg").read_text(encoding="utf-8")
    assert xr.load_dataset("a.nc").attrs["warning"].startswith("nothing says that these are tanh units")
    cli.main([*arguments, "--activation", "tanh"])
    assert "Warning" not in capsys.readouterr().out and "warning" not in xr.load_dataset("a.nc").attrs
    assert '"length":9' in xr.load_dataset("a.nc").attrs["settings"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["net.pt"], "either --trials (a file) or --task"),
        (["net.pt", "--trials", "t.npz", "--task", "sine"], "either --trials (a file) or --task"),
        (["net.pt", "--task", "wave"], "task 'wave' does not exist; allowed: copy"),
        (["net.pt", "--task", "[1"], "--task: '[1' is not a task"),
        (["net.pt", "--task", "3"], "task settings need the key 'task'"),
        (["net.pt", "--task", "flipflop"], "trials do not fit the network, whose 16 units have 2 inputs and 3 outputs"),
        (["net.pt", "--task", "sine", "--metric", "accuracy"], "--metric: task sine is scored by fvu"),
        (["net.pt", "--trials", "t.npz", "--alphas", "a"], "--alphas: 'a' is not a list of numbers"),
        (["net.pt", "--trials", "t.npz", "--alphas", "1.5"], "alpha is 1.5; it must be above 0 and at most 1"),
        (["net.pt", "--trials", "t.npz", "--keys", "W=1"], "--keys: 'W' is not one of W_hh"),
        (["net.pt", "--trials", "t.npz", "--keys", "W_hh"], "--keys: W_hh has no =NAME behind it"),
        (["net.pt", "--trials", "t.npz", "--keys", "W_hh=J"], "there is no array 'J' for W_hh; the file holds rnn."),
        (["net.pt", "--trials", "t.npz", "--seed", "1"], "seed chooses among the networks of a NetCDF file"),
        (["net.pt", "--trials", "t.npz", "--tolerance", "0"], "tolerance is 0.0; it must be a number above 0"),
        (["net.pt", "--trials", "t.npz", "--output", "net.pt/a"], "net.pt/a.html could not be written"),
        (["net.pt", "--trials", "t.npz", "--output", "/proc/a"], "/proc/a.html could not be written: No such file"),
        (["nothing.pt", "--trials", "t.npz", "--alphas", "2"], "alpha is 2.0; it must be above 0 and at most 1"),
        (["nothing.pt", "--trials", "t.npz", "--output", "/proc/a"], "/proc/a.html could not be written"),
        (["loop.pt", "--trials", "t.npz"], "loop.pt"),
        (["net.pt", "--trials", "loop.npz"], "loop.npz"),
        (["net.pt", "--trials", "t.npz", "--activation", "gelu"], "argument --activation: invalid choice: 'gelu'"),
        (["net.pt", "--trials", "t.npz", "--leak", "much"], "argument --leak: invalid float value: 'much'"),
        (["net.pt", "--trials", "t.npz", "--tolerance", "nan"], "tolerance is nan; it must be a number above 0"),
        (["net.pt", "--trials", "t.npz", "--metric", ""], "metric is ''; allowed: accuracy, fvu"),
        (["net.pt", "--trials", "t.npz", "--output", "/"], "--output: '/' is not the beginning of a file's name"),
        (["net.pt", "--task", "0b_"], "--task: '0b_' is not a task"),
        (["net.pt", "--task", "{task: sine, length: 1000000}"], "512 trials have 1,024,000,000 numbers; at most"),
        (["nothing.pt", "--trials", "t.npz"], "nothing.pt does not exist"),
        (["net.nc", "--trials", "t.npz", "--output", "net"], "--output: net.nc would be overwritten"),
        (["net.pt", "--trials", "t.npz", "--keys", "W_hh=a", "--keys", "W_xh=b"], "there is no array 'a' for W_hh"),
    ],
)
def test_mistakes_on_the_command_line(files, arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["profile", *arguments])
    assert stopped.value.code.startswith("schurscope: ") and words in stopped.value.code
    assert "\n" not in stopped.value.code and not list(files.glob("*_profile*"))


@pytest.mark.slow
def test_the_pages_in_docs(tmp_path):
    """The commands of the tutorial as written, with fewer updates, in a folder of their own; options."""
    page = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    commands = [line for block in re.findall(r"```bash\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    assert (
        len(commands) == 3
        and "schurscope" not in (ROOT / "examples/plain_pytorch.py").read_text().lower().split('"""')[2]
    )
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    commands[0] += " 20"
    printed = ""
    for command in commands:
        done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        printed += done.stdout
    assert "recorded outputs are reproduced" in printed and (tmp_path / "flipflop_profile.html").is_file()
    assert "numbers left, at epsilon" in printed and (tmp_path / "pruned.safetensors").is_file()
    known = cli._parser().parse_args(["profile", "a"])
    page = (ROOT / "docs" / "your_network.md").read_text(encoding="utf-8")
    for option in set(re.findall(r"--([a-z][a-z-]+)", page)) - {"cores", "configfile"}:
        assert hasattr(known, option.replace("-", "_")), option
