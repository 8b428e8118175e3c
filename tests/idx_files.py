"""IDX files of small images, made here: ten classes, each a pattern with noise."""

import gzip
from pathlib import Path

import numpy as np

FILES = "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def packed(array: np.ndarray) -> bytes:
    """An array of bytes as IDX has it: 0, 0, 8 for bytes, the number of axes, their lengths, the bytes."""
    head = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes((0, 0, 8, array.ndim)) + head + array.astype(np.uint8).tobytes()


def write(folder: Path, side: int = 8, training: int = 600, test: int = 100, seed: int = 0, gz: bool = False) -> Path:
    """The four files; noise is a third of the range, so that images are told apart, but not by one pixel."""
    rng = np.random.default_rng(seed)
    patterns, arrays = rng.integers(0, 171, (10, side, side)), []
    for count in (training, test):
        labels = rng.integers(0, 10, count)
        arrays += [patterns[labels] + rng.integers(0, 86, (count, side, side)), labels]
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in zip(FILES, arrays, strict=True):
        data = packed(array)
        (folder / (f"{name}.gz" if gz else name)).write_bytes(gzip.compress(data) if gz else data)
    return folder


def settings(folder, **more):
    return {"task": "permuted_images", "folder": str(folder), "side": 8, "validation": 80} | more
