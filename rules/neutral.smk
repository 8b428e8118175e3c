# Neutral modes (config: neutral): systems with a symmetry, cells that are trained on the circle, what breaking it costs.

NEUTRAL = f"{RESULTS}/neutral"

if PLAN["neutral"] is not None:

    rule neutral_train:
        output:
            f"{NEUTRAL}/paths/{{run}}.nc",
        log:
            f"{RESULTS}/logs/neutral/paths/{{run}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/neutral/paths/{{run}}.tsv"
        wildcard_constraints:
            run="|".join(plan.neutral_runs(PLAN)),
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            settings=lambda w: plan.canonical(plan.neutral_runs(PLAN)[w.run]),
            code=digest("neutral_train.py"),
        message:
            "train on the circle: {wildcards.run}"
        script:
            "../scripts/neutral_train.py"

    rule neutral_systems:
        output:
            systems=f"{NEUTRAL}/systems.nc",
            breaking=f"{NEUTRAL}/breaking.nc",
        log:
            f"{RESULTS}/logs/neutral/systems.log",
        benchmark:
            f"{RESULTS}/benchmarks/neutral/systems.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=1000,
            runtime=30,
        params:
            settings=plan.canonical({}),
            code=digest("neutral_systems.py"),
        message:
            "follow the systems with a symmetry"
        script:
            "../scripts/neutral_systems.py"

    rule neutral_cells:
        input:
            [f"{NEUTRAL}/paths/{run}.nc" for run in plan.neutral_cells(PLAN)],
        output:
            f"{NEUTRAL}/cells.nc",
        log:
            f"{RESULTS}/logs/neutral/cells.log",
        benchmark:
            f"{RESULTS}/benchmarks/neutral/cells.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            settings=plan.canonical({}),
            code=digest("neutral_cells.py"),
        message:
            "look into the circle cells"
        script:
            "../scripts/neutral_cells.py"

    rule equivariance:
        input:
            unpack(lambda w: {"networks": f"{TRAINED}/networks/{w.task}/{w.place}/seeds{w.block}.nc"} | data(w.task)),
        output:
            f"{NEUTRAL}/equivariance/{BLOCK}.nc",
        log:
            f"{RESULTS}/logs/neutral/equivariance/{BLOCK}.log",
        benchmark:
            f"{RESULTS}/benchmarks/neutral/equivariance/{BLOCK}.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=megabytes("ablate"),
            runtime=minutes("ablate"),
        params:
            settings=plan.canonical({"trials": PLAN["diagnostics"]["trials"]}),
            code=measuring_code("equivariance.py"),
        message:
            "symmetry of {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
        script:
            "../scripts/equivariance.py"

    rule neutral_report:
        input:
            **{kind: plan.neutral_files(PLAN, kind) for kind in plan.neutral_kinds(PLAN)},
            equivariance=[block.path(NEUTRAL, "equivariance") for block in plan.symmetric_blocks(PLAN)],
            vega=VEGA,
        output:
            html=[f"{FIGURES}/neutral/{name}.html" for name in plan.neutral_figures(PLAN)],
            svg=[
                report(
                    f"{FIGURES}/neutral/{name}.svg",
                    caption=Path(FIGURES, "neutral", f"{name}.rst").absolute(),
                    category="Neutral modes",
                    labels={"figure": name.removeprefix("neutral_")},
                )
                for name in plan.neutral_figures(PLAN)
            ],
            png=[f"{FIGURES}/neutral/{name}.png" for name in plan.neutral_figures(PLAN)],
            paper=[f"{FIGURES}/neutral/{name}_{width}.svg" for name in plan.neutral_figures(PLAN) for width in WIDTHS],
            caption=[f"{FIGURES}/neutral/{name}.rst" for name in plan.neutral_figures(PLAN)],
            tables=neutral_tables(),
        log:
            f"{RESULTS}/logs/neutral/report.log",
        benchmark:
            f"{RESULTS}/benchmarks/neutral/report.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=30,
        params:
            settings=plan.canonical(plan.neutral_runs(PLAN)),
            code=digest(
                "neutral_report.py", [f"schurscope.reports.figures.{name}" for name in plan.neutral_figures(PLAN)]
            ),
        message:
            "draw and tabulate what was found about neutral modes"
        script:
            "../scripts/neutral_report.py"
