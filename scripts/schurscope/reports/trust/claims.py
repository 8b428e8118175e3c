"""What the paper says that its networks lose (Draeger 2026, sections 3 and 4), and whether these networks do.

A claim is about the tasks, constructions and widths of the paper under their names in config.yaml; one that the config
does not have is left out.
"""

import pandas as pd

from schurscope.reports.trust.shares import SMALL

CLAIMS = (  # task, width, construction, what the paper says, the test on effects by sector
    (
        "copy",
        72,
        "orthogonal",
        "the copy network can lose T_CC, but neither T_RR nor T_CR",
        lambda e: abs(e["CC"]) <= SMALL < min(e["RR"], e["CR"]),
    ),
    ("copy", 72, "cayley", "the Cayley network has nothing to lose", lambda e: max(map(abs, e.values())) <= SMALL),
    (
        "flipflop",
        64,
        "orthogonal",
        "flip-flop loses most with T_CR, less with T_CC, almost nothing with T_RR",
        lambda e: e["CR"] > e["CC"] > SMALL >= abs(e["RR"]),
    ),
    (
        "sine",
        64,
        "orthogonal",
        "sine generation needs what is linked to the complement (T_CC, T_CR) more than T_RR",
        lambda e: min(e["CC"], e["CR"]) > max(e["RR"], SMALL),
    ),
    (
        "integration",
        64,
        "orthogonal",
        "integration needs what is linked to the complement (T_CC, T_CR) more than T_RR",
        lambda e: min(e["CC"], e["CR"]) > max(e["RR"], SMALL),
    ),
)


def claims(found: pd.DataFrame) -> list[str]:
    """A sentence a claim: what the paper says, what these networks lose, and what that depends on.

    ``found``: verdicts.verdicts.
    """
    sentences = []
    for task, width, init, text, holds in CLAIMS:
        rows = found[(found["task"] == task) & (found["width"] == width) & (found["init"] == init)].set_index("sector")
        if len(rows) < 3:
            continue
        effects = rows["effect"].fillna(0.0).to_dict()  # an empty sector costs nothing
        shown = ", ".join(f"−{sector} {effect:.3g}" for sector, effect in effects.items())
        order = [f"−{sector}" for sector in rows.index if "depends on the order" in rows.loc[sector, "verdict"]]
        caveats = [f"the effect of {' and '.join(order)} depends on the order of blocks"] if order else []
        if any("the cut is fragile" in verdict for verdict in rows["verdict"]):
            caveats.append("the cut is fragile, so that the sectors are not the same in each network")
        verdict = "supported" if holds(effects) else "not supported"
        networks = f"n = {rows['n'].max()}, {rows['solved'].iloc[0]} solved"
        sentences.append(
            f"“{text[0].upper()}{text[1:]}”: {verdict} (mean effects {shown}; {networks})"
            + (f", but {'; '.join(caveats)}." if caveats else ".")
        )
    return sentences
