"""Which couplings can a trained recurrent network lose? The whole chain, from config.yaml to figures."""

from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/train.smk"
include: "rules/networks.smk"
include: "rules/decompose.smk"
include: "rules/ablate.smk"
include: "rules/circuits.smk"
include: "rules/aggregate.smk"
include: "rules/analyse.smk"
include: "rules/figures.smk"
include: "rules/neutral.smk"
include: "rules/index.smk"
include: "rules/explorer.smk"
include: "rules/census.smk"


report: Path(RESULTS, "report.rst").absolute()


rule all:
    default_target: True
    input:
        summaries(),
        [path for label in only_trained(PLAN) for path in paths("networks", label)],
        tables(),
        figures(),
        every_cut(),
        plan.circuit_summaries(PLAN),
        neutral_tables(),
        explorer(),
        [file for name in plan.diagnostics(PLAN) for file in diagnoses(name)],
        [f"{RESULTS}/trust/trust.html"] if plan.diagnostics(PLAN) else [],
        [f"{RESULTS}/{name}" for name in ("index.html", "report.rst", "settings.yaml")],
        [f"{RESULTS}/census/census.html", f"{DATASET}/README.md"] if PLAN["census"] else [],
    localrule: True
    message:
        f"everything is in {RESULTS}"
