# Every alpha x every removed set, for every network of a block, on the held-out trials.


rule ablate:
    input:
        unpack(ablate_input),
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
        code=ablate_code,
    message:
        "ablate {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
    script:
        "../scripts/ablate.py"
