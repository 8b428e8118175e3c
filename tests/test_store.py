"""The NetCDF contract: round trip, equal bytes, and a sentence for every file that is not what it should be."""

import numpy as np
import pytest
import xarray as xr

from schurscope.foundations.errors import SchurscopeError
from schurscope.store import netcdf, open_results
from schurscope.store.provenance import provenance

KEY = {"task": "sine", "width": 4, "init": "orthogonal"}


def networks(status=("ok", "diverged")):
    rng = np.random.default_rng(0)
    arrays = {
        "W_hh": rng.standard_normal((2, 4, 4)).astype("f4"),
        "W_xh": rng.standard_normal((2, 4, 1)).astype("f4"),
        "W_hy": rng.standard_normal((2, 1, 4)).astype("f4"),
        "loss": np.array([[1.0, 0.5, np.nan], [1.0, np.inf, np.nan]]),
        "updates": np.array([2, 2]),
        "validation": np.array([0.1, np.nan]),
        "solved": np.array([1, 0]),
        "status": np.array(status),
    }
    attributes = {"activation": "tanh", "leak": 1.0, "task_settings": "{}", **provenance("{}", "abc")}
    return netcdf.build("networks", KEY, {"seed": [0, 1]}, arrays, attributes)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "deep" / "file.nc"
    netcdf.write(networks(), path)
    return path


def test_round_trip(path):
    again = netcdf.read(path, "networks", **KEY)
    original = networks()
    for name in original.data_vars:
        np.testing.assert_array_equal(again[name].values, original[name].values)
        assert again[name].dtype == original[name].dtype or name == "status"
        assert again[name].attrs.get("units") == (None if name == "status" else "1") and again[name].attrs["long_name"]
    assert again["task"].item() == "sine" and again.attrs["Conventions"].startswith("CF-")
    assert [file.name for file in path.parent.iterdir()] == ["file.nc"]


def test_equal_bytes(path, tmp_path):
    netcdf.write(networks(), tmp_path / "again.nc")
    assert (tmp_path / "again.nc").read_bytes() == path.read_bytes()


def test_numbers_are_compressed_and_carry_checksums(path):
    with xr.open_dataset(path) as dataset:
        for name in ("W_hh", "loss", "updates"):
            assert dataset[name].encoding["fletcher32"] and dataset[name].encoding["zlib"]


def test_a_flipped_bit_in_the_numbers_is_noticed(tmp_path):
    """Random numbers do not compress: most of this file is weights, and a bit of them is never wrong in silence."""
    path = tmp_path / "file.nc"
    dataset = networks()
    noise = np.random.default_rng(1).standard_normal((2, 100, 100))
    dataset["W_hh"] = (("seed", "unit_large", "unit_from_large"), noise)
    netcdf.write(dataset, path)
    data = path.read_bytes()
    refused = 0
    for at in range(len(data) // 4, 3 * len(data) // 4, len(data) // 50):
        flipped = bytearray(data)
        flipped[at] ^= 16
        path.write_bytes(flipped)
        try:
            assert np.array_equal(xr.load_dataset(path)["W_hh"].values, noise)
        except (OSError, RuntimeError, ValueError):
            refused += 1
    assert refused > 15


def refused(path, kind="networks", **key):
    with pytest.raises(SchurscopeError) as caught:
        netcdf.read(path, kind, **(key or KEY))
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


def test_missing(tmp_path):
    assert "does not exist; run the workflow" in refused(tmp_path / "nothing.nc")


@pytest.mark.parametrize("size", [0, 10, 1000, -1])
def test_truncated(path, size):
    path.write_bytes(path.read_bytes()[:size])
    assert "truncated, damaged" in refused(path)


def test_foreign_bytes(path):
    path.write_text("hello")
    assert "cannot be read as NetCDF" in refused(path)


def test_foreign_netcdf(path):
    xr.Dataset({"temperature": ("x", [1.0])}).to_netcdf(path)
    assert "the variable W_hh is missing" in refused(path)


def test_another_kind(path):
    assert "not the schur file that is needed: the variable Q is missing" in refused(path, "schur")


def test_another_task(path):
    assert "it belongs to task sine, not copy" in refused(path, task="copy")
    assert "it belongs to width 4, not 8" in refused(path, width=8)


def test_other_dimensions(path):
    netcdf.write(networks().rename(unit_from="other"), path)
    assert "W_hh has the dimensions" in refused(path)


def test_not_finite_where_ok(path):
    dataset = networks()
    dataset["W_xh"][0, 2, 0] = np.nan
    netcdf.write(dataset, path)
    assert "W_xh is not finite in a network whose status is ok" in refused(path)
    dataset = networks()
    dataset["W_xh"][1, 2, 0] = np.nan  # this one diverged
    netcdf.write(dataset, path)
    netcdf.read(path, "networks", **KEY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.assign(b_h=(("unit",), np.ones(4))), "b_h has the dimensions ('unit',), not ('seed', 'unit')"),
        (lambda d: d.assign(b_y=(("seed", "output"), np.full((2, 1), np.nan))), "b_y is not finite in a network whose"),
        (
            lambda d: d.assign_attrs(activation="gelu"),
            "not made of a cell that is supported (tanh, relu, modrelu, lstm, gru)",
        ),
        (
            lambda d: d.assign_attrs(cell="elman"),
            "not made of a cell that is supported (tanh, relu, modrelu, lstm, gru)",
        ),
        (lambda d: d.assign_attrs(cell="modrelu"), "the variable b_modulus is missing"),
        (lambda d: d.assign_attrs(leak=0.0), "do not have a leak above 0 and at most 1"),
        (lambda d: d.assign_attrs(leak=1.5), "do not have a leak above 0 and at most 1"),
        (lambda d: d.assign_attrs(task_settings="hello"), "task_settings is not JSON"),
        (lambda d: d.assign(status=("seed", np.array(["OK", "fine"]))), "does not exist"),
        (lambda d: d.assign(W_hh=d["W_hh"].astype(str)), "W_hh has the wrong type"),
        (lambda d: d.isel(unit=slice(3)), "there are 3 along unit, but the width is 4"),
    ],
)
def test_what_a_network_must_not_be(path, change, words):
    netcdf.write(change(networks()), path)
    assert words in refused(path)


def test_a_folder_instead_of_a_file(path):
    assert "is a folder where a file should be" in refused(path.parent)


def test_unknown_kind(path):
    with pytest.raises(SchurscopeError, match="there is no kind of file 'foo'; allowed: networks, schur"):
        netcdf.read(path, "foo")


def test_blocks_of_other_seeds():
    first, second = networks(), networks().assign_coords(seed=[0, 2])
    with pytest.raises(SchurscopeError, match="different seeds"):
        netcdf.of_one_block(networks=first, schur=second.assign_attrs(kind="schur"))
    with pytest.raises(SchurscopeError, match="schur: a dataset of kind schur is needed, not one of kind networks"):
        netcdf.of_one_block(networks=first, schur=first)
    with pytest.raises(SchurscopeError, match="ablation: a dataset of kind ablation is needed, not NoneType"):
        netcdf.of_one_block(ablation=None)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SchurscopeError, match="could not be written"):
        netcdf.write(networks(), tmp_path / "file" / "x.nc")


def test_a_failed_write_leaves_the_old_file(path, monkeypatch):
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", full)
    with pytest.raises(SchurscopeError, match="No space left"):
        netcdf.write(networks(), path)
    assert path.read_bytes() == before and [f.name for f in path.parent.iterdir()] == ["file.nc"]


def test_open_results_names_what_is_there(tmp_path):
    with pytest.raises(SchurscopeError, match="there are no results in that folder"):
        open_results(tmp_path, "sine")
    netcdf.write(networks(), tmp_path / "summary" / "sine.nc")
    with pytest.raises(SchurscopeError, match="not the summary file that is needed: it is another kind"):
        open_results(tmp_path, "sine")
    with pytest.raises(SchurscopeError, match="there are results for sine"):
        open_results(tmp_path, "copy")
