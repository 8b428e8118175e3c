# Every figure as HTML, PNG, and SVG for the screen and at the widths of a paper's columns; the report takes the first SVG,
# and the caption that is written beside it. The pages share one script.
# One process for all figures of a task, one for those of the whole experiment: starting one takes as long as drawing.


rule vega:
    output:
        VEGA,
    log:
        f"{RESULTS}/logs/figures/vega.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/vega.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        settings=plan.canonical({}),
        code=digest("vega.py"),
    message:
        "bundle the script that the figures' pages share"
    script:
        "../scripts/vega.py"


for label in (*LABELS, None):
    drawn = charts(PLAN, label)

    rule:
        name:
            f"figures_{label}" if label else "figures"
        input:
            list(dict.fromkeys(path for chart in drawn for files in chart.made_from.values() for path in files)),
            vega=VEGA,
        output:
            html=[f"{FIGURES}/{chart.file}.html" for chart in drawn],
            svg=[
                report(
                    f"{FIGURES}/{chart.file}.svg",
                    caption=Path(FIGURES, f"{chart.file}.rst").absolute(),
                    category=chart.category,
                    labels={"figure": chart.called} | ({"task": label} if label else {}),
                )
                for chart in drawn
            ],
            png=[f"{FIGURES}/{chart.file}.png" for chart in drawn],
            paper=[f"{FIGURES}/{chart.file}_{width}.svg" for chart in drawn for width in WIDTHS],
            caption=[f"{FIGURES}/{chart.file}.rst" for chart in drawn],
        log:
            f"{RESULTS}/logs/figures/{label or 'experiment'}.log",
        benchmark:
            f"{RESULTS}/benchmarks/figures/{label or 'experiment'}.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            settings=plan.figure_settings(PLAN, drawn, paper_values()),
            code=digest("draw.py", [module_name(chart.kind, chart.name) for chart in drawn]),
        message:
            f"draw the figures of {label or 'the whole experiment'}"
        script:
            "../scripts/draw.py"
