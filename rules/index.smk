# The front page: everything that the config makes, in three sentences, and the way to it.


rule index:
    input:
        unpack(index_input),
    output:
        page=f"{RESULTS}/index.html",
        report=f"{RESULTS}/report.rst",
        settings=f"{RESULTS}/settings.yaml",
    log:
        f"{RESULTS}/logs/index.log",
    benchmark:
        f"{RESULTS}/benchmarks/index.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=index_settings(PLAN, [*tables(), *neutral_tables()]),
        code=digest("write_index.py"),
    message:
        "write the front page"
    script:
        "../scripts/write_index.py"
