# From single networks to mean, SEM and n over seeds, and to tables.


rule aggregate:
    input:
        networks=lambda w: paths("networks", w.task),
        schur=lambda w: paths("schur", w.task),
        ablation=lambda w: paths("ablation", w.task),
    output:
        f"{RESULTS}/summary/{{task}}.nc",
    log:
        f"{RESULTS}/logs/aggregate/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/aggregate/{{task}}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=lambda w: plan.aggregate_settings(PLAN, w.task),
        code=digest("aggregate.py"),
    message:
        "aggregate {wildcards.task}"
    script:
        "../scripts/aggregate.py"


rule tabulate:
    input:
        **{stage: paths for stage, paths in circuits().items() if paths},
        **{f"question_{name}": plan.of_circuits(PLAN, name) for name in plan.questions(PLAN)},
        **{name: files for name, files in tables_input().items() if files},
        summaries=summaries(),
    output:
        html=report(
            [path for path in tables() if path.endswith(".html")],
            caption="../report/tables.rst",
            category="Tables",
        ),
        plain=[path for path in tables() if not path.endswith(".html")],
    log:
        f"{RESULTS}/logs/tabulate.log",
    benchmark:
        f"{RESULTS}/benchmarks/tabulate.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=tables_settings(),
        code=digest("write_tables.py"),
    message:
        "write the tables"
    script:
        "../scripts/write_tables.py"
