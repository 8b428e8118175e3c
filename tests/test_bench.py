"""`make bench` comes to its end and says what it measured."""

import sys

import pandas as pd
import pytest

from conftest import ROOT


@pytest.mark.slow
def test_benchmark(tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import bench

    for name, value in {
        "WIDTHS": (8, 16),
        "LENGTHS": (25, 50),
        "NETWORKS": (1, 2),
        "DEVICE": "cpu",
        "SPECTRA": [("gru", 4, 9)],
    }.items():
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(sys, "argv", ["bench.py", "--repeats", "1", "--out", str(tmp_path)])
    bench.main()
    data = pd.read_csv(tmp_path / "bench.csv")
    assert (data["ms (median)"] > 0).all() and set(bench.COLOURS) <= set(data["contestant"])
    assert "Benchmark" in capsys.readouterr().out and (tmp_path / "bench.png").stat().st_size > 10_000
