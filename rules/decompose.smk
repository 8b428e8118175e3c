# The ordered real Schur form of every network of a block. No alpha in here.


rule decompose:
    input:
        networks=f"{TRAINED}/networks/{BLOCK}.nc",
    output:
        f"{TRAINED}/schur/{BLOCK}.nc",
    log:
        f"{TRAINED}/logs/decompose/{BLOCK}.log",
    benchmark:
        f"{TRAINED}/benchmarks/decompose/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("decompose"),
        runtime=minutes("decompose"),
    params:
        settings="{}",
        code=digest("decompose.py"),
    message:
        "decompose {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
    script:
        "../scripts/decompose.py"
