# Read a network that was trained elsewhere, with the trials that it is measured on.


rule import_network:
    input:
        unpack(import_input),
    output:
        networks=f"{TRAINED}/networks/{IMPORTED}.nc",
        trials=f"{TRAINED}/trials/{{task}}.nc",
    log:
        f"{TRAINED}/logs/import/{{task}}.log",
    benchmark:
        f"{TRAINED}/benchmarks/import/{{task}}.tsv"
    priority: 100  # a mistake in a user's file is said before anything long begins
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("import"),
        runtime=minutes("import"),
    params:
        settings=lambda w: plan.import_settings(PLAN, w.task),
        files=import_bytes,
        code=import_code,
    message:
        "read the network {wildcards.task} from {input.weights}"
    script:
        "../scripts/import_network.py"
