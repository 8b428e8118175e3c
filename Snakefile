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


report: "report/workflow.rst"


rule all:
    default_target: True
    input:
        summaries(),
        tables(),
        figures(),
        every_cut(),
        [file for name in plan.diagnostics(PLAN) for file in diagnoses(name)],
        [f"{RESULTS}/trust/trust.html"] if plan.diagnostics(PLAN) else [],
    localrule: True
    message:
        f"everything is in {RESULTS}"
