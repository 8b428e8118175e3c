"""NumPy archives (np.savez, np.savez_compressed); pickled objects are never loaded."""

import math
import zipfile
from contextlib import contextmanager

from numpy.lib import format as npy

from schurscope.external.contents import Contents, Entry
from schurscope.foundations.errors import SchurscopeError


@contextmanager
def contents(path, seed):
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        entries = {member.filename.removesuffix(".npy"): _entry(archive, member) for member in members}
        if len(entries) < len(members):
            raise SchurscopeError(f"{path} holds several arrays of one name")
        said = {name for name in entries if name.rpartition(".")[2] in ("activation", "nonlinearity")}
        attributes = {name: str(entries[name].load()) for name in said if math.prod(entries[name].shape) == 1}
        yield Contents(path, {name: entry for name, entry in entries.items() if name not in attributes}, attributes)


def _entry(archive, member) -> Entry:
    with archive.open(member) as file:
        major, _ = npy.read_magic(file)
        shape, _, dtype = (npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0)(file)
        header = file.tell()
    if dtype.hasobject:
        return Entry(shape, problem="holds pickled objects, which are not loaded")
    if min(shape, default=0) < 0 or header + math.prod(shape) * dtype.itemsize != member.file_size:
        return Entry(shape, problem=f"has the shape {shape} in its header, but {member.file_size:,} bytes")

    def load():
        with archive.open(member) as file:
            return npy.read_array(file, allow_pickle=False)

    return Entry(shape, load)
