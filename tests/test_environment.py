"""OpenBLAS's kernels are named only where it would miss them, and never against the user."""

import os

import pytest

from schurscope.environment import CHOICE, NEEDED, OURS, choose_openblas_kernels

ZEN5 = f"vendor_id : AuthenticAMD\nflags : fpu {' '.join(NEEDED)} gfni\n"


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Set first, so that monkeypatch also puts back what was not there."""
    for name in (CHOICE, OURS):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("cpuinfo", "choice"),
    [
        (ZEN5, "SkylakeX"),
        (ZEN5.replace("avx512vl", "avx2"), None),
        (ZEN5.replace("AuthenticAMD", "GenuineIntel"), None),
        ("", None),
    ],
)
def test_choice(cpuinfo, choice):
    choose_openblas_kernels(cpuinfo)
    assert os.environ.get(CHOICE) == choice


def test_a_users_choice_stands(monkeypatch):
    monkeypatch.setenv(CHOICE, "Zen")
    choose_openblas_kernels(ZEN5)
    assert os.environ[CHOICE] == "Zen"


def test_an_inherited_choice_is_decided_anew():
    choose_openblas_kernels(ZEN5)
    choose_openblas_kernels("an older node")
    assert CHOICE not in os.environ and OURS not in os.environ
