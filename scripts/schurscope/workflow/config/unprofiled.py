"""Tasks whose networks have no square recurrent matrix: trained and scored, with nothing that could be removed."""

from schurscope.cells import TANH, make_cell, profiled
from schurscope.foundations.errors import SchurscopeError


def only_trained(config: dict) -> list[str]:
    """These tasks, by name."""
    cells = {label: task["training"].get("cell", TANH) for label, task in config["tasks"].items()}
    return [label for label, cell in cells.items() if make_cell(cell).profiled is None]


def note_of_only_trained(config: dict) -> str | None:
    """A sentence if there are such tasks."""
    named = ", ".join(f"{label} ({config['tasks'][label]['training']['cell']})" for label in only_trained(config))
    reason = "these cells have no square recurrent matrix to decompose"
    more = " (and their time scales measured)" if isinstance(config["diagnostics"]["lyapunov"], dict) else ""
    return f"trained and scored{more}, no more, because {reason}: {named}" if named else None


def check_unprofiled(plain: dict) -> None:
    """Something is left to decompose, and nobody wants the circuits of what is not."""
    gated = only_trained(plain)
    if len(gated) == len(plain["tasks"]) and not plain["networks"]:
        cells = ", ".join(dict.fromkeys(plain["tasks"][label]["training"]["cell"] for label in gated))
        raise SchurscopeError(
            f"config: tasks: their cells ({cells}) have no square recurrent matrix to decompose; at least one task or"
            f" network is needed that has one ({', '.join(profiled())})"
        )
    for label, some in (plain["circuits"] or {"of": {}})["of"].items():
        if some is not None and label in gated:
            raise SchurscopeError(
                f"config: circuits.of: the networks of task {label!r} have no square recurrent matrix to remove"
                " couplings from"
            )
