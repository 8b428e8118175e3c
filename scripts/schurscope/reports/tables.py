"""Tables: the profile of each task and every network, from summaries; one network or several, from profiles."""

import math

import pandas as pd

from schurscope.foundations.errors import printable
from schurscope.metrics import make_metric
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.labels import BASES
from schurscope.reports.reading import mean_and_sem, number
from schurscope.stages.flags import nothing_removed, without_empty
from schurscope.stages.summarise import metric_of

EMPTY = f"empty: less than {LEAST_MASS:g} of the norm of T would be removed, so that there is no effect"

TRIALS_OF_A_CIRCUIT = {"selection": "choose", "guard": "decide what comes back", "trials": "are held out"}


def profile(summary) -> pd.DataFrame:
    """One row a (width, init, alpha, removed).

    Mean, sem and n of each metric, over all networks and over the solved ones; ``networks_empty``: those in which
    nothing is removed, so that there is no effect to average.
    """
    metrics = (*make_metric(metric_of(summary)).tabled, "discrepancy", "removed_mass")
    names = [
        f"{metric}_{over}{short}" for metric in metrics for over in ("", "solved_") for short in ("mean", "sem", "n")
    ]
    counts = ["networks_trained", "networks_solved", "networks_diverged", "networks_empty"]
    table = (
        summary[names + counts]
        .reset_coords(drop=True)
        .to_dataframe(dim_order=["width", "init", "alpha", "removed"])
        .reset_index()
    )
    return table.astype({name: int for name in [*counts, *(n for n in names if n.endswith("_n"))]})


def profile_for_reading(summary) -> pd.DataFrame:
    """``profile`` with mean ± SEM (n) in one column a metric, over networks with status ok."""
    table = profile(summary)
    readable = table[["width", "init", "alpha", "removed"]].copy()
    for metric in (*make_metric(metric_of(summary)).tabled, "discrepancy", "removed_mass"):
        columns = (f"{metric}_{short}" for short in ("mean", "sem", "n"))
        readable[metric] = [mean_and_sem(*row) for row in zip(*(table[c] for c in columns), strict=True)]
    readable["empty"] = table["networks_empty"]
    readable["solved"] = [
        f"{s} of {t}" for s, t in zip(table["networks_solved"], table["networks_trained"], strict=True)
    ]
    return readable


def networks(summaries) -> pd.DataFrame:
    """One row a network and alpha.

    How its training ended, its intact score on the held-out trials, and where its cut lies: ``fragile`` is 1 where n_R
    changes with a small change of alpha.
    """
    tables = []
    for summary in summaries:
        part = summary[["status", "solved", "updates", "validation", "n_R", "split_gap", "fragile"]]
        part = part.rename(validation="validation_score")
        part = part.assign(held_out_score=summary[metric_of(summary)].sel(removed="none", drop=True))
        part = part.assign(
            {f"mass_{sector}": summary["mass"].sel(sector=sector, drop=True) for sector in summary["sector"].values}
        )
        part = part.reset_coords(drop=True).to_dataframe(dim_order=["width", "init", "seed", "alpha"]).reset_index()
        part.insert(0, "metric", metric_of(summary))
        part.insert(0, "task", summary["task"].item())
        tables.append(part.astype({"solved": int, "updates": int}))
    return pd.concat(tables, ignore_index=True)


def of_network(networks, profile, origin: dict[str, str]) -> str:
    """A profile (one_network.merged) as text: how the network was read, and a table of every alpha.

    ``networks``: its weights; ``origin``: what each of its arrays was made of.
    """
    metrics, units = make_metric(profile.attrs["metric"]).tabled, networks.sizes["unit"]
    lines = _how_read(networks, profile, origin)
    for alpha in profile["alpha"].values:
        at = profile.sel(alpha=alpha)
        gap = float(at["split_gap"])
        cut = "every block is in R" if math.isnan(gap) else f"gap at the cut {gap:.3g} of the spectral radius"
        fragile = ", fragile" if at["fragile"] == 1 else ""
        lines += ["", f"alpha {alpha:g}: n_R {float(at['n_R']):.0f} of {units}, {cut}{fragile}"]
        columns = ("removed_mass", *metrics, "discrepancy")
        rows = [("removed", *(name.replace("_", " ") for name in columns))]
        for removed in at["removed"].values:
            values = [number(float(at[name].sel(removed=removed))) for name in columns]
            empty = nothing_removed(at).sel(removed=removed)
            rows.append((removed, "empty", *[""] * (len(columns) - 1)) if empty else (removed, *values))
        wide = [max(14, len(name) + 2) for name in rows[0][1:]]
        lines += [
            f"  {row[0]:10}" + "".join(f"{cell:>{w}}" for cell, w in zip(row[1:], wide, strict=True)) for row in rows
        ]
    return "\n".join([*lines, *_meaning_of_empty(profile)])


def of_circuit(networks, circuit, origin: dict[str, str]) -> str:
    """Circuits (one_network.circuit_of) as text: how the network was read, and a line an epsilon."""
    metric, units = make_metric(circuit.attrs["metric"]), networks.sizes["unit"]
    lines = [*_how_read(networks, circuit, origin), ""]
    between = circuit["block"].values[:, None] < circuit["block"].values[None, :]
    if circuit["removed_share"].isnull().all():
        return "\n".join([*lines, "N has no coupling: the network is normal, and there is nothing to remove."])
    sets = ", ".join(f"{circuit.attrs[name]} {what}" for name, what in TRIALS_OF_A_CIRCUIT.items())
    columns = ("epsilon", "couplings kept", "removed", "numbers left", "held-out discrepancy", metric.label)
    wide = [max(10, len(name) + 2) for name in columns]
    intact = number(float(circuit[f"{metric.name}_intact"]))
    lines += [
        f"Fewest couplings found of the {between.sum()} of N; trials: {sets}.",
        f"Numbers left are those of T, which has {units**2} entries; {metric.label} of the intact network: {intact}.",
        "",
        "".join(f"{name:>{w}}" for name, w in zip(columns, wide, strict=True)),
    ]
    for epsilon in circuit["epsilon"].values:
        at = circuit.sel(epsilon=epsilon)
        kept, share = int(at["kept"].values[between].sum()), float(at["removed_share"])
        left, scores = int(at["numbers_left"]), (number(float(at[name])) for name in ("discrepancy", metric.name))
        cells = zip((f"{epsilon:g}", kept, f"{100 * share:.1f} %", left, *scores), wide, strict=True)
        above = "" if at["verified"] == 1 else "  above epsilon"
        above = "  no coupling was found that can go" if share == 0 else above
        lines.append("".join(f"{cell:>{w}}" for cell, w in cells) + above)
    if "basis" in circuit.dims:
        lines += ["", *_in_other_coordinates(circuit, units)]
    return "\n".join(lines)


def _in_other_coordinates(circuit, units: int) -> list[str]:
    """Numbers left in each basis, a line a basis."""
    epsilons = circuit["epsilon"].values
    wide = max(len(name) for name in BASES.values())
    of_each = {BASES["schur"]: circuit["numbers_left"].values}
    for basis in circuit["basis"].values:
        of_each[BASES[basis]] = circuit["numbers_left_in"].sel(basis=basis).values
    head = f"{'numbers left, at epsilon':{wide}}" + "".join(f"{epsilon:>10g}" for epsilon in epsilons)
    lines = [f"{name:{wide}}" + "".join(f"{int(left):>10}" for left in row) for name, row in of_each.items()]
    return [head, *lines, f"A basis has {units * (units - 1) // 2} numbers of its own, the neurons' none."]


def _how_read(networks, measured, origin: dict[str, str]) -> list[str]:
    """What a network is, what each of its arrays was made of, and what proves that."""
    units, inputs, outputs = (networks.sizes[name] for name in ("unit", "input", "output"))
    lines = [f"Warning: {measured.warning}; --activation tanh says so", ""] if "warning" in measured.attrs else []
    made = f"{units} {measured.attrs['activation']} units, inputs: {inputs}, outputs: {outputs}"
    lines.append(f"{measured['task'].item()}: {made}, leak {measured.leak:g}")
    lines += [printable(f"  {quantity}: {source}") for quantity, source in origin.items()]
    if "reproduction" in measured.attrs:
        lines.append(f"  recorded outputs are reproduced, to {measured.reproduction:.1e} of their size")
    else:
        lines.append("  no recorded outputs: nothing proves that the network was read rightly")
    return lines


def of_networks(profiles, alpha: float) -> str:
    """Several profiles (one_network.together) as text: a row a network, at one alpha."""
    metric = profiles.attrs["metric"]
    at = profiles.sel(alpha=alpha)
    shown = ("none", *at["sector"].values)
    lines = [f"Warning: {profiles.warning}; --activation tanh says so", ""] if "warning" in profiles.attrs else []
    lines.append(f"{metric.replace('_', ' ')} at alpha {alpha:g}, of {at.sizes['network']} networks")
    wide = max(len(str(name)) for name in at["network"].values)
    head = ["step"] if "step" in at.coords else []
    lines.append(f"  {'network':{wide}}" + "".join(f"{cell:>12}" for cell in (*head, "n_R", *("intact", *shown[1:]))))
    for name in at["network"].values:
        one = at.sel(network=name)
        cells = [f"{int(one['step'])}"] if head else []
        values = without_empty(one)[metric]
        cells += [
            f"{float(one['n_R']):.0f}",
            *(number(float(values.sel(removed=removed))) or "empty" for removed in shown),
        ]
        lines.append(f"  {printable(str(name)):{wide}}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join([*lines, *_meaning_of_empty(at)])


def _meaning_of_empty(profile) -> list[str]:
    return [EMPTY] if nothing_removed(profile).any() else []


def long(profiles) -> pd.DataFrame:
    """A profile, or several: one row a (network,) alpha and removed set, with every measure.

    ``empty``: 1 where nothing is removed; then there are no measures but the mass.
    """
    measures = [name for name, variable in profiles.data_vars.items() if variable.dims[-2:] == ("alpha", "removed")]
    mass, empty = profiles["removed_mass"], nothing_removed(profiles).astype(int)
    shown = without_empty(profiles).assign(removed_mass=mass, empty=empty)
    shown = shown[[*measures, "empty", "n_R", "split_gap", "fragile"]].reset_coords(drop="step" not in profiles.coords)
    return shown.to_dataframe().reset_index()
