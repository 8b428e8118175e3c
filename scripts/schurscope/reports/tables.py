"""Tables from summaries: the profile of each task, every network, and paper vs here."""

import math

import numpy as np
import pandas as pd

from schurscope.foundations.errors import printable
from schurscope.reports.html import mean_and_sem, number
from schurscope.stages.summarise import metric_of

SHOWN = {"accuracy": ("accuracy",), "fvu": ("fvu", "delta_fvu", "sensitivity")}
ROUNDING = 0.0005  # half of the last digit of the paper's accuracies
WHERE = ("task", "width", "init", "alpha", "removed", "metric")
HERE = ("here", "here_sem", "n", "solved", "n_R")


def profile(summary) -> pd.DataFrame:
    """One row a (width, init, alpha, removed).

    Mean, sem and n of each metric, over all networks and over the solved ones.
    """
    metrics = (*SHOWN[metric_of(summary)], "discrepancy", "removed_mass")
    names = [
        f"{metric}_{over}{short}" for metric in metrics for over in ("", "solved_") for short in ("mean", "sem", "n")
    ]
    counts = ["networks_trained", "networks_solved", "networks_diverged"]
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
    for metric in (*SHOWN[metric_of(summary)], "discrepancy", "removed_mass"):
        columns = (f"{metric}_{short}" for short in ("mean", "sem", "n"))
        readable[metric] = [mean_and_sem(*row) for row in zip(*(table[c] for c in columns), strict=True)]
    readable["solved"] = [
        f"{s} of {t}" for s, t in zip(table["networks_solved"], table["networks_trained"], strict=True)
    ]
    return readable


def networks(summaries, fragile_gap: float) -> pd.DataFrame:
    """One row a network and alpha.

    How its training ended, its intact score on the held-out trials, and where its cut lies: ``cut`` is fragile where
    ``split_gap`` is below ``fragile_gap``, so that another alpha close by would give another n_R.
    """
    tables = []
    for summary in summaries:
        part = summary[["status", "solved", "updates", "validation", "n_R", "split_gap"]]
        part = part.assign(held_out=summary[metric_of(summary)].sel(removed="none", drop=True))
        part = part.assign(
            {f"mass_{sector}": summary["mass"].sel(sector=sector, drop=True) for sector in summary["sector"].values}
        )
        part = part.reset_coords(drop=True).to_dataframe(dim_order=["width", "init", "seed", "alpha"]).reset_index()
        fragile = np.where(part["split_gap"] < fragile_gap, "fragile", "sound")
        part.insert(part.columns.get_loc("split_gap") + 1, "cut", np.where(part["n_R"].isna(), "", fragile))
        part.insert(0, "metric", metric_of(summary))
        part.insert(0, "task", summary["task"].item())
        tables.append(part.astype({"solved": int, "updates": int}))
    return pd.concat(tables, ignore_index=True)


def paper_vs_here(paper: pd.DataFrame, summaries) -> pd.DataFrame:
    """Every number of the paper beside ours: mean, SEM and n over networks with status ok, and whether they agree.

    They agree if they differ by at most two standard errors (the paper's and ours together, where given) or by the
    rounding of the paper's accuracies; where two standard errors are more than half of the paper's number, networks
    differ too much to tell. A number whose network is not in the config is shown as missing.
    """
    by_task = {summary["task"].item(): summary for summary in summaries}
    rows = []
    for row in paper.to_dict("records"):
        here = _ours(row, by_task.get(row["task"]))
        difference = here["here"] - row["value"]
        rows.append({**row, **here, "difference": difference, "verdict": _verdict(row, here)})
    table = pd.DataFrame(rows).rename(columns={"value": "paper", "sem": "paper_sem"})
    return table[["source", *WHERE, "paper", "paper_sem", *HERE, "difference", "verdict", "note"]]


def _ours(row, summary) -> dict:
    """Ours beside one of the paper's numbers: mean, SEM, n, how many were solved, and the n_R of each network."""
    missing = dict(zip(HERE, (math.nan, math.nan, 0, 0, ""), strict=True))
    if summary is None or f"{row['metric']}_mean" not in summary:
        return missing
    if row["width"] not in summary["width"] or row["init"] not in summary["init"]:
        return missing
    profile = summary.sel(width=row["width"], init=row["init"])
    nearest = int(np.argmin(abs(profile["alpha"].values - row["alpha"])))
    if abs(profile["alpha"].values[nearest] - row["alpha"]) > 1e-9:
        return missing
    profile = profile.isel(alpha=nearest)
    found = [profile[f"{row['metric']}_{short}"] for short in ("mean", "sem", "n")]
    mean, sem, n = (v.sel(removed=row["removed"]) if "removed" in v.dims else v for v in found)
    sizes = ", ".join(f"{size:.0f}" for size in profile["n_R"].values if not math.isnan(size))
    return dict(zip(HERE, (float(mean), float(sem), int(n), int(profile["networks_solved"]), sizes), strict=True))


def _verdict(row, here) -> str:
    if math.isnan(here["here"]):
        return "not in this config"
    if math.isnan(row["value"]):
        return "no number in the paper"
    allowed = 2 * math.hypot(*(0.0 if math.isnan(s) else s for s in (row["sem"], here["here_sem"])))
    rounding = ROUNDING if row["metric"] == "accuracy" else 0.0
    if abs(here["here"] - row["value"]) > max(allowed, rounding):
        return "differs"
    return "agrees" if allowed <= abs(row["value"]) / 2 else "too spread to tell"


def of_network(networks, profile, origin: dict[str, str], gap_needed: float) -> str:
    """A profile (profiling.py) as text: how the network was read, and a table of every alpha.

    ``networks``: its weights; ``origin``: what each of its arrays was made of.
    """
    metrics = SHOWN[profile.attrs["metric"]]
    units, inputs, outputs = (networks.sizes[name] for name in ("unit", "input", "output"))
    lines = [f"Warning: {profile.warning}; --activation tanh says so", ""] if "warning" in profile.attrs else []
    lines += [
        f"{profile['task'].item()}: {units} tanh units, inputs: {inputs}, outputs: {outputs}, leak {profile.leak:g}"
    ]
    lines += [printable(f"  {quantity}: {source}") for quantity, source in origin.items()]
    if "reproduction" in profile.attrs:
        lines.append(f"  recorded outputs are reproduced, to {profile.reproduction:.1e} of their size")
    else:
        lines.append("  no recorded outputs: nothing proves that the network was read rightly")
    for alpha in profile["alpha"].values:
        at = profile.sel(alpha=alpha)
        gap = float(at["split_gap"])
        cut = "every block is in R" if math.isnan(gap) else f"gap at the cut {gap:.3g} of the spectral radius"
        fragile = ", fragile" if gap < gap_needed else ""
        lines += ["", f"alpha {alpha:g}: n_R {float(at['n_R']):.0f} of {units}, {cut}{fragile}"]
        columns = ("removed_mass", *metrics, "discrepancy")
        rows = [("removed", *(name.replace("_", " ") for name in columns))]
        for removed in at["removed"].values:
            values = (number(float(at[name].sel(removed=removed))) for name in columns)
            rows.append((removed, *values))
        lines += [f"  {row[0]:10}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows]
    return "\n".join(lines)


def of_networks(profiles, alpha: float) -> str:
    """Several profiles (one_network.together) as text: a row a network, at one alpha."""
    metric = profiles.attrs["metric"]
    at = profiles.sel(alpha=alpha)
    shown = ("none", *at["sector"].values)
    lines = [f"Warning: {profiles.warning}; --activation tanh says so", ""] if "warning" in profiles.attrs else []
    lines.append(f"{metric} at alpha {alpha:g}, of {at.sizes['network']} networks")
    wide = max(len(str(name)) for name in at["network"].values)
    head = ["step"] if "step" in at.coords else []
    lines.append(f"  {'network':{wide}}" + "".join(f"{cell:>12}" for cell in (*head, "n_R", *("intact", *shown[1:]))))
    for name in at["network"].values:
        one = at.sel(network=name)
        cells = [f"{int(one['step'])}"] if head else []
        cells += [f"{float(one['n_R']):.0f}", *(number(float(one[metric].sel(removed=removed))) for removed in shown)]
        lines.append(f"  {printable(str(name)):{wide}}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def long(profiles) -> pd.DataFrame:
    """A profile, or several: one row a (network,) alpha and removed set, with every measure."""
    measures = [name for name, variable in profiles.data_vars.items() if variable.dims[-2:] == ("alpha", "removed")]
    table = profiles[[*measures, "n_R", "split_gap"]].reset_coords(drop="step" not in profiles.coords).to_dataframe()
    return table.reset_index()
