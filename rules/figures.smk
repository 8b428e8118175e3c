# Every figure as self-contained HTML, SVG and PNG; the report takes the SVG. A rule for each line of the table.


def of_task(*stages):
    """The files of some stages for the figure's task."""
    return {stage: lambda w, stage=stage: paths(stage, w.task) for stage in stages}


def shown(figure, key):
    """What the config says of a figure that it may leave out."""
    return (PLAN["figures"].get(figure) or {}).get(key, [])


SUMMARY = {"summary": lambda w: [f"{RESULTS}/summary/{w.task}.nc"]}

# file: registered figure; input; caption and category in the report; what it is called
FIGURE_TABLE = {
    "fig1_copy_profile": (
        "copy_profile",
        {"summary": [f"{RESULTS}/summary/{task}.nc" for task in [shown("copy_profile", "task")] if task]},
        "copy_profile",
        "Profiles",
        "Fig. 1: copy profile",
    ),
    "fig2_task_profile": (
        "task_profile",
        {"summary": [f"{RESULTS}/summary/{task}.nc" for task in shown("task_profile", "tasks")]},
        "task_profile",
        "Profiles",
        "Fig. 2: task profiles",
    ),
    "all_profiles": ("all_profiles", {"summary": summaries()}, "all_profiles", "Profiles", "all profiles"),
    **{
        f"{figure}/{{task}}": (figure, files, figure, category, called)
        for figure, files, category, called in (
            ("alpha_sweep", SUMMARY, "Sensitivity to the cut", "alpha sweep"),
            ("accuracy_by_lag", SUMMARY, "Profiles", "accuracy by lag"),
            ("spectra", of_task("schur"), "Spectra and Schur forms", "spectra"),
            ("schur_matrix", of_task("schur", "networks"), "Spectra and Schur forms", "Schur form |T|"),
            ("training_curves", of_task("networks"), "Training", "training curves"),
            ("network_profile", of_task("networks", "schur", "ablation"), "Profiles", "network from elsewhere"),
        )
    },
    **{
        f"diagnostics/{name}": (
            name,
            {"diagnostic": diagnoses(name)},
            "diagnostic",
            "Can this profile be trusted?",
            name,
        )
        for name in plan.diagnostics(PLAN)
    },
}

for file, (figure, files, caption, category, called) in FIGURE_TABLE.items():

    rule:
        name:
            f"figure_{figure}"
        input:
            **files,
        output:
            html=f"{FIGURES}/{file}.html",
            svg=report(
                f"{FIGURES}/{file}.svg",
                caption=f"../report/{caption}.rst",
                category=category,
                labels={"figure": called, **({"task": "{task}"} if "{task}" in file else {})},
            ),
            png=f"{FIGURES}/{file}.png",
        log:
            f"{RESULTS}/logs/figures/{file}.log",
        benchmark:
            f"{RESULTS}/benchmarks/figures/{file}.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=30,
        params:
            figure=figure,
            settings=plan.figure_settings(PLAN, *({figure} & PLAN["figures"].keys())),
            code=figure_code(figure),
        message:
            f"draw {called}" + (" of {wildcards.task}" if "{task}" in file else "")
        script:
            "../scripts/draw.py"
