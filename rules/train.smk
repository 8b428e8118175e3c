# Train one block of networks: one task, width and construction of W_hh, and the seeds that share the job.


def train_code(wildcards):
    settings = PLAN["tasks"][wildcards.task]
    modules = [
        module_name("task", settings["settings"]["task"]),
        module_name("init", wildcards.init),
        module_name("engine", settings["training"]["engine"]),
    ]
    return digest("train.py", modules, ["numpy", "scipy", "torch"])


def train_minutes(wildcards):
    """Far more than one network needs on one slow core, times the networks of the block."""
    updates = PLAN["tasks"][wildcards.task]["training"]["updates"]
    return 10 + networks_in(wildcards.block) * (5 + updates * int(wildcards.width) // 100_000)


rule train:
    output:
        f"{TRAINED}/networks/{BLOCK}.nc",
    log:
        f"{TRAINED}/logs/train/{BLOCK}.log",
    benchmark:
        f"{TRAINED}/benchmarks/train/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=train_minutes,
        gpu=PLAN["gpu"],
    params:
        settings=lambda w: plan.train_settings(PLAN, w.task, w.block),
        code=train_code,
    message:
        "train {wildcards.task} n{wildcards.width} {wildcards.init}, seeds {wildcards.block} (progress: {log})"
    script:
        "../scripts/train.py"
