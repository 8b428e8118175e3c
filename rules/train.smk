# Train one block of networks: one task, width and construction of W_hh, and the seeds that share the job.


rule train:
    input:
        unpack(lambda w: data(w.task)),
    output:
        f"{TRAINED}/networks/{TRAINING}.nc",
    log:
        f"{TRAINED}/logs/train/{TRAINING}.log",
    benchmark:
        f"{TRAINED}/benchmarks/train/{TRAINING}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("train"),
        runtime=minutes("train"),
        gpu=PLAN["gpu"],
    params:
        settings=lambda w: plan.train_settings(PLAN, w.task, w.block),
        code=train_code,
    message:
        "train {wildcards.task} n{wildcards.width} {wildcards.init}, seeds {wildcards.block} (progress: {log})"
    script:
        "../scripts/train.py"
