"""What jobs ask of a scheduler: more for more work, and enough for what was seen."""

import pytest

from schurscope.workflow import resources
from schurscope.workflow.config.whole import check_config


@pytest.fixture
def tasks(paper_config):
    return check_config(paper_config)["tasks"]


def test_more_work_asks_for_more(tasks):
    flipflop = tasks["flipflop"]
    settings, training = flipflop["settings"], flipflop["training"]
    base = resources.training(settings, training, 64, 100)
    for other in (
        resources.training(settings, training, 512, 100),
        resources.training(settings | {"length": 500}, training, 64, 100),
        resources.training(settings, training | {"updates": 400_000}, 64, 100),
        resources.training(settings, training, 64, 10_000),
    ):
        assert other[0] > base[0] and other[1] > base[1]
    ablation = flipflop["ablation"]
    grid = resources.ablation(settings, ablation, 64, 100)
    assert all(a > b for a, b in zip(resources.ablation(settings, ablation, 1024, 1000), grid, strict=True))
    assert all(a > b for a, b in zip(resources.decomposition(2048, 100), resources.decomposition(64, 100), strict=True))


def test_a_gpu_needs_less_time_and_more_memory(tasks):
    copy = tasks["copy"]
    core = resources.training(copy["settings"], copy["training"], 72, 1000)
    gpu = resources.training(copy["settings"], copy["training"] | {"device": "cuda"}, 72, 1000)
    assert gpu[0] < core[0] and gpu[1] > core[1]


def test_more_couplings_and_other_coordinates_ask_for_more(tasks):
    settings = tasks["flipflop"]["settings"]
    wanted = {"atlas_trials": 128, "selection": 128, "guard": 256, "trials": 512, "epsilons": [0.001, 0.01, 0.1]}
    base = resources.circuits(settings, wanted, 128, 10)
    for other in (resources.circuits(settings, wanted, 256, 10), resources.circuits(settings, wanted, 128, 10, True)):
        assert other[0] > base[0] and other[1] > base[1]
    assert resources.circuits(settings, wanted | {"epsilons": [0.01]}, 128, 100)[0] < 10 * base[0]
