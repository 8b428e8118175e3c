"""Every mistake in a config gets one sentence: which key, what it was, what is allowed. What is right is canonical."""

import pytest

from conftest import ROOT
from schurscope.cells.relu import ReLU
from schurscope.foundations import defaults
from schurscope.foundations.errors import SchurscopeError
from schurscope.metrics import make_metric
from schurscope.tasks import Task
from schurscope.workflow import plan
from schurscope.workflow.config.whole import check_config
from schurscope.workflow.plan import near

MISTAKES = [
    ("training.learning_rat", 1.0, ["training: unknown key 'learning_rat'", "did you mean 'learning_rate'?"]),
    ("sedes", [1], ["unknown key 'sedes'", "did you mean 'seeds'?"]),
    ("training.learning_rate", "1e-3", ["training.learning_rate: '1e-3' is text", "write 1.0e-3"]),
    ("training.learning_rate", float("nan"), ["not a finite number"]),
    ("training.learning_rate", 0, ["must be above 0"]),
    ("training.batch", 0, ["training.batch: 0 is too small; at least 1"]),
    ("training.updates", 10.5, ["10.5", "a whole number is needed"]),
    ("training.engine", "gpu", ["training.engine: 'gpu' does not exist; allowed: auto, fused, batched, torch"]),
    ("tasks.copy.settings.task", "cpy", ["tasks.copy.settings: task 'cpy' does not exist; allowed: copy"]),
    ("tasks.copy.settings.lag", 3, ["tasks.copy.settings: unknown key 'lag'", "did you mean 'lags'?"]),
    ("tasks.sine.settings.omega_low", "1e-1", ["tasks.sine.settings: omega_low: '1e-1' is text", "1.0e-1"]),
    ("tasks.copy.inits", ["ortho"], ["tasks.copy.inits: init 'ortho' does not exist; allowed: default, orthogonal"]),
    ("tasks.copy.widths", [71], ["tasks.copy.widths: width 71 is odd", "even"]),
    ("tasks.copy.widths", [0], ["tasks.copy.widths.0: 0 is too small; at least 1"]),
    ("tasks.copy.widths", [], ["tasks.copy.widths", "0 entries"]),
    ("tasks.copy.solved", 2.0, ["tasks.copy.solved: 2.0 is too large"]),
    ("tasks.sine.training", {"horizon": 4}, ["tasks.sine.training.horizon: task 'sine' has trials of one length"]),
    ("tasks.copy.training.horizon", [4, 8], ["needs advance_at"]),
    ("tasks.copy.training.horizon", [8, 4], ["[8, 4] does not grow"]),
    ("tasks.copy.training.advance_at", 0.9, ["needs a list of horizons"]),
    ("training.horizon", 4, ["config: training.horizon: task 'flipflop' has trials of one length"]),
    ("training.batch", 10**10, ["training.batch: 10000000000 is too large"]),
    ("training.updates", "64", ["write 64 without quotes"]),
    ("training.learning_rate", 10**400, ["training.learning_rate", "is too large"]),
    ("tasks.sine.settings.length", 1, ["tasks.sine.settings: the scored targets do not vary, so FVU is not defined"]),
    ("tasks.1", {}, ["'1' is not a name"]),
    ("folders.results", "results/{task}", ["folders.results", "the character '{'"]),
    ("folders.results", "~/results", ["is not a folder", "without ~"]),
    ("folders.results", "config.yaml", ["'config.yaml' is a file; a folder is needed"]),
    ("folders.results", " ", ["is not a folder"]),
    ("figures.copy_profile.task", "flipflop", ["task flipflop is scored by fvu; this figure shows accuracy"]),
    ("figures.task_profile.tasks", ["copy"], ["task copy is scored by accuracy; this figure shows fvu"]),
    ("seeds", ["1"], ["write 1 without quotes"]),
    ("tasks.9lives", {}, ["'9lives' is not a name"]),
    ("tasks", {}, ["config: tasks: there is no task, and no network in networks"]),
    ("tasks", None, ["config: tasks: there is no task, and no network"]),
    ("ablation.alphas", [0.0], ["ablation.alphas.0: 0.0 is too small; it must be above 0"]),
    ("ablation.alphas", [1.01], ["1.01 is too large; at most 1"]),
    ("ablation.alphas", [1e-9, 0.9], ["rounded to 6 decimals"]),
    ("ablation.alphas", 0.9, ["0.9 is a number, but a list is needed"]),
    ("ablation.target_mean", "median", ["'median' is not known; allowed: channel, trajectory"]),
    ("seeds", [], ["seeds: the list has 0 entries; at least 1"]),
    ("seeds", [3, 3], ["seeds: 3 stands there twice"]),
    ("seeds", [-1], ["seeds.0: -1 is too small"]),
    ("seeds", None, ["seeds: None is empty, but a list or a word is needed"]),
    ("seeds_per_job", 0, ["seeds_per_job: 0 is too small"]),
    ("gpu", 3, ["gpu: 3 is too large"]),
    (
        "tasks.sine.cell",
        "gelu",
        ["tasks.sine.cell: cell 'gelu' does not exist; allowed: tanh, relu, modrelu, lstm, gru"],
    ),
    ("tasks.sine.cell", "lstm", ["circuits.of: the networks of task 'sine' have no square recurrent matrix"]),
    (
        "tasks.copy.training.biases",
        ["b_hh"],
        ["tasks.copy.training.biases: 'b_hh' belongs to the gates of lstm and gru"],
    ),
    ("tasks.sine.cell", 3, ["tasks.sine.cell: 3 is a number, but a word is needed"]),
    ("tasks.sine.settings.metric", "mse", ["metric 'mse' does not exist; allowed: accuracy, fvu, cross_entropy"]),
    ("tasks.copy.solved", 1.5, ["tasks.copy.solved: 1.5 is too large; accuracy is at most 1"]),
    ("training.loss", "hinge", ["training.loss: loss 'hinge' does not exist; allowed: mse, cross_entropy"]),
    ("training.loss", "cross_entropy", ["training.loss: cross-entropy needs one-hot targets", "task copy has other"]),
    ("training.optimiser", "sgd", ["training.optimiser: optimiser 'sgd' does not exist; allowed: adam, adamw"]),
    ("training.optimiser", {"alpha": 0.9}, ["training.optimiser", "the key 'name' is missing"]),
    ("training.optimiser", {"name": "rmsprop", "beta1": 0.9}, ["unknown key 'beta1'; allowed: name, alpha, epsilon"]),
    ("training.optimiser", {"name": "adam", "beta2": 1}, ["beta2: 1 is too large; it must be below 1"]),
    ("training.groups", {"W_hy": {"rate": 1}}, ["groups.W_hy: unknown key 'rate'; allowed: learning_rate"]),
    ("training.groups", {"V": {}}, ["groups: 'V' is no parameter of these networks; allowed: W_xh, W_hy, W_hh, U"]),
    ("gpu", True, ["True is true or false, but a whole number is needed"]),
    ("figures.alpha", 0.8, ["figures.alpha: 0.8 is not among the alphas of task copy (0.85, 0.9, 0.95)"]),
    ("figures.copy_profile.width", 71, ["width 71 is not among the widths of task copy (56, 64, 72)"]),
    ("figures.task_profile.tasks", ["lorenz"], ["task 'lorenz' is not in the config"]),
    ("figures.task_profile.init", "cayley", ["init 'cayley' is not among the inits of task flipflop"]),
]


def put(config, key, value):
    *path, last = key.split(".")
    for part in path:
        config = config[part]
    config[last] = value


@pytest.mark.parametrize(("key", "value", "words"), MISTAKES, ids=lambda v: str(v)[:40])
def test_one_sentence(paper_config, key, value, words, monkeypatch):
    monkeypatch.chdir(ROOT)
    put(paper_config, key, value)
    with pytest.raises(SchurscopeError) as caught:
        check_config(paper_config)
    sentence = str(caught.value)
    assert sentence.startswith("config") and "\n" not in sentence
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize("key", [1, True, None])
def test_a_key_that_is_not_text(paper_config, key):
    paper_config["tasks"][key] = {}
    with pytest.raises(SchurscopeError, match=f"config: tasks: the key {key} is not text .*quote it"):
        check_config(paper_config)


def test_labels_that_differ_only_in_case(paper_config):
    paper_config["tasks"]["Sine"] = paper_config["tasks"]["sine"]
    with pytest.raises(SchurscopeError, match="'sine' and 'Sine' differ only in case"):
        check_config(paper_config)


def test_a_missing_key_is_named(paper_config):
    del paper_config["training"]["batch"]
    with pytest.raises(SchurscopeError, match="training: the key 'batch' is missing"):
        check_config(paper_config)


def test_the_engine_is_one_that_knows_cell_loss_and_optimiser(paper_config, monkeypatch):
    sine = paper_config["tasks"]["sine"]
    sine |= {"training": {}}

    def engine(gpu=0):
        paper_config["gpu"] = gpu
        return check_config(paper_config)["tasks"]["sine"]["training"]["engine"]

    assert (engine(), engine(1)) == ("fused", "batched")
    paper_config["tasks"]["sine"] = sine | {"cell": "relu"}
    assert (engine(), engine(1)) == ("fused", "batched")
    monkeypatch.setattr(ReLU, "engines", ("batched", "torch"))  # as of a cell that somebody adds
    assert (engine(), engine(1)) == ("batched", "batched")
    paper_config["tasks"]["sine"] = sine | {"training": {"optimiser": "adamw"}}
    assert (engine(), engine(1)) == ("torch", "torch")
    for change in ({"training": {"optimiser": "rmsprop"}}, {"training": {"groups": {"W_hh": {}}}}):
        paper_config["tasks"]["sine"] = sine | change
        assert (engine(), engine(1)) == ("fused", "batched")
    paper_config["training"]["engine"] = "fused"
    paper_config["tasks"]["sine"] = sine | {"cell": "relu"}
    with pytest.raises(
        SchurscopeError, match="training.engine: 'fused' does not know cell relu; choose batched, torch, auto"
    ):
        engine()


def test_what_is_so_anyway_leaves_no_trace(paper_config):
    plain = check_config(paper_config)["tasks"]["sine"]["training"]
    said = {"optimiser": {"name": "adam", "beta1": 0.9}, "loss": "mse"}
    paper_config["tasks"]["sine"] |= {"cell": "tanh", "training": said}
    paper_config["tasks"]["sine"]["settings"]["metric"] = "fvu"
    checked = check_config(paper_config)["tasks"]["sine"]
    assert checked["training"] == plain and "metric" not in checked["settings"]
    paper_config["tasks"]["sine"] |= {"cell": "modrelu", "training": {"optimiser": "rmsprop"}}
    own = check_config(paper_config)["tasks"]["sine"]["training"]
    assert own["cell"] == "modrelu" and own["optimiser"] == {"name": "rmsprop", "alpha": 0.99, "epsilon": 1e-8}


def test_a_config_is_checked_on_a_handful_of_trials(paper_config, monkeypatch):
    """All of them are drawn only where these few do not settle it: pulses so rare that few trials have any."""
    drawn = []
    own = Task.validation
    monkeypatch.setattr(Task, "validation", lambda self, trials=512: drawn.append(trials) or own(self, trials))
    check_config(paper_config)
    assert max(drawn) <= 8
    paper_config["tasks"] = {"flipflop": paper_config["tasks"]["flipflop"]}
    paper_config["circuits"] = None
    paper_config["figures"] |= {"copy_profile": None, "task_profile": None}
    paper_config["tasks"]["flipflop"]["settings"]["pulse_probability"] = 1e-4
    check_config(paper_config)
    assert max(drawn) == 512
    paper_config["tasks"]["flipflop"]["settings"]["pulse_probability"] = 1e-9
    with pytest.raises(SchurscopeError, match="flipflop.settings: the scored targets do not vary"):
        check_config(paper_config)


def test_fused_has_no_gpu(paper_config):
    paper_config["gpu"] = 1
    assert check_config(paper_config)["tasks"]["sine"]["training"]["engine"] == "batched"
    paper_config["training"]["engine"] = "fused"
    with pytest.raises(SchurscopeError, match="'fused' runs on the CPU, and a GPU is wanted; choose batched, torch"):
        check_config(paper_config)


def test_settings_are_canonical(paper_config):
    """Key order, 1 for 1.0 and the order or doubling of alphas change nothing; a task's own section goes first."""
    first = check_config(paper_config)
    paper_config["training"] = dict(reversed(paper_config["training"].items()))
    paper_config["training"]["clip"] = 1
    paper_config["training"]["updates"] = 3840.0
    paper_config["ablation"]["alphas"] = [0.95, 0.85, 0.9000000000000001, 0.9]
    again = check_config(paper_config)
    for label in first["tasks"]:
        assert plan.train_settings(first, label, "0-2") == plan.train_settings(again, label, "0-2")
        assert plan.ablate_settings(first, label) == plan.ablate_settings(again, label)
    assert first["tasks"]["copy"]["training"]["updates"] == 24000
    assert first["tasks"]["sine"]["training"]["updates"] == 3840


def test_two_swapped_settings_are_seen(paper_config):
    first = plan.train_settings(check_config(paper_config), "sine", "0-2")
    training = paper_config["training"]
    training["updates"], training["batch"] = training["batch"], training["updates"]
    assert plan.train_settings(check_config(paper_config), "sine", "0-2") != first


def test_blocks_are_aligned(paper_config):
    def blocks(seeds, size):
        return plan.seed_blocks(seeds, size)

    assert blocks([0, 1, 2, 3], 3) == {"0-2": (0, 1, 2), "3-5": (3,)}
    assert blocks([7, 5], 1) == {"5-5": (5,), "7-7": (7,)}
    grown = blocks([0, 1, 2, 3, 4, 5, 6], 3)
    assert {name: grown[name] for name in ("0-2",)} == {"0-2": (0, 1, 2)}


def test_a_task_may_have_seeds_of_its_own(paper_config):
    """Its blocks, its training and its summary; the other tasks keep theirs, in the same blocks and words."""
    before = check_config(paper_config)
    paper_config["tasks"]["sine"]["seeds"] = "2-4"
    after = check_config(paper_config)
    assert [(block.name, block.seeds) for block in plan.blocks_of(after, "sine")] == [("0-2", (2,)), ("3-5", (3, 4))]
    assert '"seeds":[2,3,4]' in plan.aggregate_settings(after, "sine")
    assert '"seeds":[2]' in plan.train_settings(after, "sine", "0-2")
    assert plan.blocks_of(after, "copy") == plan.blocks_of(before, "copy")
    assert plan.train_settings(after, "copy", "0-2") == plan.train_settings(before, "copy", "0-2")
    paper_config["seeds"] = " 0 - 2 "
    assert check_config(paper_config)["tasks"]["copy"]["seeds"] == [0, 1, 2]


@pytest.mark.parametrize("seeds", ["3-1", "a-b", "0-4294967296", "-1-2", "", "5"])
def test_what_is_no_range_of_seeds(paper_config, seeds):
    paper_config["tasks"]["sine"]["seeds"] = seeds
    with pytest.raises(SchurscopeError, match=r"config: tasks.sine.seeds: .* is no range of seeds; write a list"):
        check_config(paper_config)


def test_a_null_task_is_left_out(paper_config):
    paper_config["tasks"]["copy"] = None
    paper_config["figures"]["copy_profile"] = None
    assert "copy" not in check_config(paper_config)["tasks"]


def test_the_defaults_are_those_of_the_config(paper_config):
    assert paper_config["ablation"]["alphas"] == list(defaults.ALPHAS)
    assert paper_config["ablation"]["trials"] == defaults.HELD_OUT
    assert paper_config["figures"]["alpha"] == defaults.ALPHA
    assert near(check_config(paper_config)) == paper_config["diagnostics"]["cut"]["near"] == defaults.NEAR
    assert paper_config["diagnostics"]["trials"] == defaults.DIAGNOSED
    for task in check_config(paper_config)["tasks"].values():
        assert task["solved"] == make_metric(task["metric"]).solved
    assert near(check_config(paper_config | {"diagnostics": None})) == defaults.NEAR, "figures need it in any case"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"order": {"draws": 0}}, "diagnostics: order.draws: 0 is too small; at least 1"),
        ({"controls": {"draws": 0}}, "diagnostics: controls.draws: 0 is too small"),
        ({"stabilizers": {"epsilon": -1}}, "diagnostics: stabilizers.epsilon: -1 is too small; at least 0"),
        ({"stabilizers": {"epsilons": [0.1, -0.1]}}, "diagnostics: stabilizers.epsilons.1: -0.1 is too small"),
        ({"stabilizers": {"mass": 1.5}}, "diagnostics: stabilizers.mass: 1.5 is too large; at most 1"),
        ({"ordr": {}}, "diagnostics: unknown key 'ordr' (did you mean 'order'?); allowed: trials, order, cut"),
        ({"order": {"draw": 3}}, "diagnostics: order: unknown key 'draw' (did you mean 'draws'?)"),
        ({"trials": 1}, "diagnostics: trials: 1 is too small; at least 2"),
        ({"dose": {"steps": "many"}}, "diagnostics: dose.steps: 'many' is text, but a whole number is needed"),
        ({"decoder": True}, "diagnostics: decoder: True is true or false"),
    ],
)
def test_mistakes_in_the_diagnostics(change, words, paper_config):
    paper_config["diagnostics"] = change
    with pytest.raises(SchurscopeError) as caught:
        check_config(paper_config)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_defaults_of_the_diagnostics_are_those_of_the_config(paper_config):
    """What config.yaml shows is what a config without the section gets; null leaves out one, or all."""
    shown = check_config(paper_config)["diagnostics"]
    del paper_config["diagnostics"]
    assert check_config(paper_config)["diagnostics"] == shown
    paper_config["diagnostics"] = {"dose": None}
    assert check_config(paper_config)["diagnostics"] == shown | {"dose": None}
    paper_config["diagnostics"] = None
    assert set(check_config(paper_config)["diagnostics"].values()) == {None, 128}
