"""PyTorch files (torch.save of a state dict): tensors by name. What is not a tensor is never built.

``torch.load`` runs with ``weights_only=True``; before that, the names in the pickle are looked at without loading it,
and a file that names anything but tensors is refused.
"""

import pickletools
import re
import zipfile
from contextlib import contextmanager

import numpy as np
import torch

from schurscope.external.contents import Contents, Entry, listed
from schurscope.foundations.errors import SchurscopeError

HARMLESS = {
    ("collections", "OrderedDict"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_tensor_v3"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch.nn.parameter", "Parameter"),
    ("torch", "Size"),
    ("torch", "device"),
    ("torch.storage", "UntypedStorage"),
    ("torch.serialization", "_get_layout"),
}
STEPS = ("global_step", "step", "iteration", "epoch")  # what checkpoints call the time of training
LIGHTNING = "pytorch-lightning_version"  # a key of its checkpoints
PICKLES_BEFORE_1_6 = 5  # magic number, protocol, system, tensors, keys of the storages; their bytes follow
DEPTH, ITEMS, LONGEST_NAME = 20, 100_000, 1000  # of nested dictionaries
PICKLE_BYTES, OPERATIONS = 2**24, 2_000_000  # of the pickle that holds the names
LEAK = re.compile(r"leak|alpha|tau|dt|gain|gamma|decay")
OPTIMISER = re.compile(r"(optim.*|opt|adamw?|sgd)(_state.*)?$", re.IGNORECASE)
NESTED = (dict, list, tuple)


@contextmanager
def contents(path, seed):
    archive = zipfile.is_zipfile(path)
    if archive:
        _check_archive(path)
    else:
        with open(path, "rb") as file:
            for _ in range(PICKLES_BEFORE_1_6):
                _check_names(path, file)
    saved = torch.load(path, map_location="cpu", weights_only=True)
    found = Found(path)
    if isinstance(saved, dict):
        steps = (saved[name] for name in STEPS if isinstance(saved.get(name), int))
        found.attributes |= {"step": step} if (step := next(steps, None)) is not None else {}
    if isinstance(saved, dict) and LIGHTNING in saved and isinstance(saved.get("state_dict"), dict):
        saved = saved["state_dict"]  # callbacks and hyper-parameters are no networks
    found.collect(saved, "", DEPTH)
    yield Contents(path, found.entries, found.attributes)


def _check_archive(path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = {member.filename.rpartition("/")[2]: member for member in members}
        if sum(member.filename.rpartition("/")[2] == "data.pkl" for member in members) > 1:
            raise SchurscopeError(f"{path} is an archive with several data.pkl; torch.save writes one")
        if "constants.pkl" in names:
            raise SchurscopeError(f"{path} is a TorchScript program, which is not run; save model.state_dict() instead")
        if "data.pkl" not in names:
            raise SchurscopeError(f"{path} is an archive, but not one that torch.save made")
        if any(member.compress_type for member in members):
            raise SchurscopeError(f"{path} is a compressed archive; torch.save does not compress")
        if damaged := archive.testzip():
            raise SchurscopeError(f"{path} is damaged: the checksum of {damaged} in it is wrong")
        if names["data.pkl"].file_size > PICKLE_BYTES:
            raise SchurscopeError(f"{path} has too many entries")
        with archive.open(names["data.pkl"]) as file:
            _check_names(path, file)


def _check_names(path, file) -> None:
    """Refuse a pickle that names something else than tensors. Reads its operations and executes none."""
    strings = ["", ""]
    for count, (operation, argument, _) in enumerate(pickletools.genops(file)):
        if count > OPERATIONS:
            raise SchurscopeError(f"{path} has too many entries")
        if operation.name == "GLOBAL":
            module, _, name = argument.partition(" ")
        elif operation.name == "STACK_GLOBAL":
            module, name = strings
        elif operation.name == "INST":
            module, name = "the pickle operation", "INST"
        else:
            if isinstance(argument, str):
                strings = [strings[1], argument]
            continue
        if (module, name) not in HARMLESS and not (module == "torch" and name.endswith("Storage")):
            if module.startswith("torch"):
                raise SchurscopeError(
                    f"{path} holds a special tensor ({listed([f'{module}.{name}'])}), sparse, quantised or so; plain"
                    " ones are needed"
                )
            raise SchurscopeError(
                f"{path} holds more than tensors ({listed([f'{module}.{name}'])}), which would have to be executed and"
                " is not; save model.state_dict() instead"
            )


class Found:
    """The tensors in nested dictionaries under dotted names, and what is said of leak and activation beside them."""

    def __init__(self, path):
        self.path, self.left = path, ITEMS
        self.entries: dict[str, Entry] = {}
        self.attributes: dict = {}

    def collect(self, value, name: str, depth: int) -> None:
        self.left -= 1
        if depth == 0 or self.left < 0 or len(name) > LONGEST_NAME:
            raise SchurscopeError(f"{self.path} is nested too deeply, or has too many or too long entries")
        if isinstance(value, torch.Tensor):
            if name in self.entries:
                raise SchurscopeError(f"{self.path} holds several tensors {name}")
            self.entries[name] = _entry(value)
        elif isinstance(value, NESTED):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                if not isinstance(key, (str, int)):
                    raise SchurscopeError(f"{self.path} holds a key that is neither text nor a number")
                if not OPTIMISER.match(str(key)):  # a checkpoint's optimiser has tensors of the same shapes
                    self.collect(item, f"{name}.{key}" if name else str(key), depth - 1)
        elif isinstance(value, (int, float)) and LEAK.fullmatch(name.rpartition(".")[2]):
            self.entries[name] = Entry((), lambda: np.array(float(value)))
        elif isinstance(value, str) and name.rpartition(".")[2] in ("activation", "nonlinearity"):
            self.attributes[name.rpartition(".")[2]] = value


def _entry(tensor) -> Entry:
    shape = tuple(tensor.shape)
    if tensor.layout != torch.strided or tensor.device.type != "cpu" or tensor.is_quantized:
        return Entry(shape, problem="is a sparse, quantised or empty tensor; a plain one is needed")
    if tensor.is_complex():
        return Entry(shape, problem="holds complex numbers")
    return Entry(
        shape, lambda: (tensor.detach().float() if tensor.dtype == torch.bfloat16 else tensor.detach()).numpy()
    )
