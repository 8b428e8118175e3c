"""Tables: the profile of each task and every network, from summaries; one network or several, from profiles."""

import math

import pandas as pd

from schurscope.analyses.ablation import REMOVED
from schurscope.analyses.memory_along import TooFar
from schurscope.foundations.errors import printable
from schurscope.metrics import make_metric
from schurscope.metrics.fraction_unexplained import LEAST_MASS
from schurscope.reports.labels import BASES
from schurscope.reports.reading import mean_and_sem, number
from schurscope.stages.flags import nothing_removed, without_empty
from schurscope.stages.summarise import metric_of

EMPTY = f"empty: less than {LEAST_MASS:g} of the norm of T would be removed, so that there is no effect"

FIRST_LAGS = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200)  # of a memory curve that is printed
FIRST_EXPONENTS = 8  # of a spectrum that are printed, and its last
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
    table = table[table["removed"].isin(REMOVED) | (table["discrepancy_n"] > 0)]  # what only some constructions lose
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


def of_memory(networks, memory, origin: dict[str, str]) -> str:
    """Memory curves of one network (stages.memory) as text: how it was read, totals, and J at the first lags."""
    known = {
        name: networks.attrs[name]
        for name in ("activation", "leak", "reproduction", "warning")
        if name in networks.attrs
    }
    lines = [*_how_read(networks, memory.assign_attrs(known), origin), ""]
    inputs, units, trials = networks.sizes["input"], networks.sizes["unit"], memory.attrs["trials"]
    lines.append(
        f"Signals enter along each column of W_xh, scaled to norm 1 (inputs: {inputs}; curves are their mean)."
    )
    shown = {"memory": "linear", "along": f"along {trials} trials", "optimum": "most"}
    if memory["memory"].isnull().all():
        radius = float(memory["spectral_radius"])
        lines.append(f"Linear network: its sum diverges, the spectral radius is {radius:.4g}, and must be below 1.")
        del shown["memory"]
    else:
        total, low, high = (float(memory[name]) for name in ("total", "total_low", "total_high"))
        lines.append(f"Linear network: J_tot {total:.10g}, proven to +- {max(high - total, total - low):.1e}.")
    if "along" not in memory or memory["along"].isnull().all():
        lines += [f"Along trials: {TooFar.SENTENCE}."] if "along" in memory else []
        del shown["along"]
    else:
        total = float(memory["along_total"])
        lines.append(f"Along {trials} trials, at their last step: J_tot {total:.4g} (float64; mean over trials).")
    lines += [f"Most, of {units} units: J_tot {units}; at each lag what the delay line of the same gain has.", ""]
    wide = [max(12, len(title) + 2) for title in shown.values()]
    lines.append(f"{'lag':>6}" + "".join(f"{title:>{w}}" for title, w in zip(shown.values(), wide, strict=True)))
    for lag in (lag for lag in FIRST_LAGS if lag in memory["lag"].values):
        cells = [number(float(memory[name].sel(lag=lag))) for name in shown]
        if any(cells[:-1]):
            lines.append(f"{lag:>6}" + "".join(f"{cell:>{w}}" for cell, w in zip(cells, wide, strict=True)))
    return "\n".join(lines)


def of_spectrum(weights, spectrum, origin: dict[str, str]) -> str:
    """A Lyapunov spectrum (stages.spectrum) as text: where it is from, what it adds up to, its first exponents."""
    steps, warm_up, trials = (int(spectrum.attrs[name]) for name in ("steps", "warm_up", "trials"))
    unit = f"{weights.W_hy.shape[1]} {weights.cell} units, inputs: {weights.W_xh.shape[1]}, leak {weights.leak:g}"
    lines = [f"{spectrum['task'].item()}: {unit}"]
    lines += [printable(f"  {quantity}: {source}") for quantity, source in origin.items()]
    where = "the network's own state" if weights.h0 is not None else "a random state (normal, variance 1)"
    if spectrum.attrs["driven"]:
        begun = f"Along {trials} trials of {steps + warm_up} steps (mean), the first {warm_up} left out."
    else:
        begun = f"By itself from {where}: {steps:,} steps, after {warm_up:,} left out."
    one = {name: float(spectrum[name]) for name in ("log_det", "sum_rule", "near_zero", "entropy", "dimension")}
    total = float(spectrum["exponent"].sum())
    rule = f"to {one['sum_rule']:.1e}" if math.isfinite(one["sum_rule"]) else "directions are lost: both are -inf"
    lines += [
        "",
        begun,
        f"Sum of exponents {total:.6g}, mean log |det J| {one['log_det']:.6g} ({rule}); nats a step.",
        f"Within 3 / steps = {3 / steps:.1g} of 0: {one['near_zero']:g}; sum of the positive ones {one['entropy']:.4g};"
        f" Kaplan-Yorke dimension {one['dimension']:.4g}.",
        "",
        f"{'rank':>6}{'exponent':>12}{'e-fold steps':>14}{'half is off by':>16}",
    ]
    for rank in [k for k in spectrum["rank"].values if k <= FIRST_EXPONENTS or k == spectrum.sizes["rank"]]:
        value, off = (float(spectrum[name].sel(rank=rank)) for name in ("exponent", "convergence"))
        time = f"{1 / abs(value):.3g}" if value else "inf"
        lines.append(f"{rank:>6}{value:>12.4g}{time:>14}{off:>16.1e}")
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
