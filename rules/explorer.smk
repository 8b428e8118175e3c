# The explorer: all networks, what was measured of them and three trials of each task, in one page.

if explorer():

    rule explorer:
        input:
            **explorer_input(),
        output:
            f"{RESULTS}/explorer.html",
        log:
            f"{RESULTS}/logs/explorer.log",
        benchmark:
            f"{RESULTS}/benchmarks/explorer.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=30,
        params:
            settings=plan.explorer_settings(PLAN),
            code=digest(
                "write_explorer.py",
                list(dict.fromkeys(name for label in plan.labels(PLAN) for name in loaded(label))),
            ),
        message:
            "write the explorer"
        script:
            "../scripts/write_explorer.py"
