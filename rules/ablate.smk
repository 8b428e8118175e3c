# What every network of a block loses, on the held-out trials: every removed set at every alpha, and at every cut.


rule ablate:
    input:
        unpack(measuring_input),
    output:
        f"{RESULTS}/ablation/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/ablate/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/ablate/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("ablate"),
        runtime=minutes("ablate"),
    params:
        settings=lambda w: plan.ablate_settings(PLAN, w.task),
        code=measuring_code("ablate.py"),
    message:
        "ablate {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
    script:
        "../scripts/ablate.py"


rule score_cuts:
    input:
        unpack(measuring_input),
    output:
        f"{RESULTS}/cuts/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/score_cuts/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/score_cuts/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("score_cuts"),
        runtime=minutes("score_cuts"),
    params:
        settings=lambda w: plan.cuts_settings(PLAN, w.task),
        code=measuring_code("score_cuts.py"),
    message:
        "score every cut of {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
    script:
        "../scripts/score_cuts.py"
