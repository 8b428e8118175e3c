# Every figure as self-contained HTML, SVG and PNG. The report takes the SVG.


rule figure_copy_profile:
    input:
        summary=lambda w: [f"{RESULTS}/summary/{PLAN['figures']['copy_profile']['task']}.nc"],
    output:
        html=f"{FIGURES}/fig1_copy_profile.html",
        svg=report(
            f"{FIGURES}/fig1_copy_profile.svg",
            caption="../report/copy_profile.rst",
            category="Profiles",
            labels={"figure": "Fig. 1: copy profile"},
        ),
        png=f"{FIGURES}/fig1_copy_profile.png",
    log:
        f"{RESULTS}/logs/figures/fig1_copy_profile.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/fig1_copy_profile.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        figure="copy_profile",
        settings=lambda w: plan.figure_settings(PLAN, "copy_profile"),
        code=figure_code("copy_profile"),
    message:
        "draw Fig. 1, the copy profile"
    script:
        "../scripts/draw.py"


use rule figure_copy_profile as figure_task_profile with:
    input:
        summary=lambda w: [f"{RESULTS}/summary/{label}.nc" for label in PLAN["figures"]["task_profile"]["tasks"]],
    output:
        html=f"{FIGURES}/fig2_task_profile.html",
        svg=report(
            f"{FIGURES}/fig2_task_profile.svg",
            caption="../report/task_profile.rst",
            category="Profiles",
            labels={"figure": "Fig. 2: task profiles"},
        ),
        png=f"{FIGURES}/fig2_task_profile.png",
    log:
        f"{RESULTS}/logs/figures/fig2_task_profile.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/fig2_task_profile.tsv"
    params:
        figure="task_profile",
        settings=lambda w: plan.figure_settings(PLAN, "task_profile"),
        code=figure_code("task_profile"),
    message:
        "draw Fig. 2, the profiles of the tasks"


use rule figure_copy_profile as figure_all_profiles with:
    input:
        summary=summaries(),
    output:
        html=f"{FIGURES}/all_profiles.html",
        svg=report(
            f"{FIGURES}/all_profiles.svg",
            caption="../report/all_profiles.rst",
            category="Profiles",
            labels={"figure": "all profiles"},
        ),
        png=f"{FIGURES}/all_profiles.png",
    log:
        f"{RESULTS}/logs/figures/all_profiles.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/all_profiles.tsv"
    params:
        figure="all_profiles",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("all_profiles"),
    message:
        "draw all profiles at a glance"


use rule figure_copy_profile as figure_alpha_sweep with:
    input:
        summary=lambda w: [f"{RESULTS}/summary/{w.task}.nc"],
    output:
        html=f"{FIGURES}/alpha_sweep/{{task}}.html",
        svg=report(
            f"{FIGURES}/alpha_sweep/{{task}}.svg",
            caption="../report/alpha_sweep.rst",
            category="Sensitivity to the cut",
            labels={"figure": "alpha sweep", "task": "{task}"},
        ),
        png=f"{FIGURES}/alpha_sweep/{{task}}.png",
    log:
        f"{RESULTS}/logs/figures/alpha_sweep/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/alpha_sweep/{{task}}.tsv"
    params:
        figure="alpha_sweep",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("alpha_sweep"),
    message:
        "draw the alpha sweep of {wildcards.task}"


use rule figure_copy_profile as figure_accuracy_by_lag with:
    input:
        summary=lambda w: [f"{RESULTS}/summary/{w.task}.nc"],
    output:
        html=f"{FIGURES}/accuracy_by_lag/{{task}}.html",
        svg=report(
            f"{FIGURES}/accuracy_by_lag/{{task}}.svg",
            caption="../report/accuracy_by_lag.rst",
            category="Profiles",
            labels={"figure": "accuracy by lag", "task": "{task}"},
        ),
        png=f"{FIGURES}/accuracy_by_lag/{{task}}.png",
    log:
        f"{RESULTS}/logs/figures/accuracy_by_lag/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/accuracy_by_lag/{{task}}.tsv"
    params:
        figure="accuracy_by_lag",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("accuracy_by_lag"),
    message:
        "draw the accuracy by lag of {wildcards.task}"


use rule figure_copy_profile as figure_spectra with:
    input:
        schur=lambda w: paths("schur", w.task),
    output:
        html=f"{FIGURES}/spectra/{{task}}.html",
        svg=report(
            f"{FIGURES}/spectra/{{task}}.svg",
            caption="../report/spectra.rst",
            category="Spectra and Schur forms",
            labels={"figure": "spectra", "task": "{task}"},
        ),
        png=f"{FIGURES}/spectra/{{task}}.png",
    log:
        f"{RESULTS}/logs/figures/spectra/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/spectra/{{task}}.tsv"
    params:
        figure="spectra",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("spectra"),
    message:
        "draw the spectra of {wildcards.task}"


use rule figure_copy_profile as figure_schur_matrix with:
    input:
        schur=lambda w: paths("schur", w.task),
        networks=lambda w: paths("networks", w.task),
    output:
        html=f"{FIGURES}/schur_matrix/{{task}}.html",
        svg=report(
            f"{FIGURES}/schur_matrix/{{task}}.svg",
            caption="../report/schur_matrix.rst",
            category="Spectra and Schur forms",
            labels={"figure": "Schur form |T|", "task": "{task}"},
        ),
        png=f"{FIGURES}/schur_matrix/{{task}}.png",
    log:
        f"{RESULTS}/logs/figures/schur_matrix/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/schur_matrix/{{task}}.tsv"
    params:
        figure="schur_matrix",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("schur_matrix"),
    message:
        "draw a Schur form of {wildcards.task}"


use rule figure_copy_profile as figure_training_curves with:
    input:
        networks=lambda w: paths("networks", w.task),
    output:
        html=f"{FIGURES}/training_curves/{{task}}.html",
        svg=report(
            f"{FIGURES}/training_curves/{{task}}.svg",
            caption="../report/training_curves.rst",
            category="Training",
            labels={"figure": "training curves", "task": "{task}"},
        ),
        png=f"{FIGURES}/training_curves/{{task}}.png",
    log:
        f"{RESULTS}/logs/figures/training_curves/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/training_curves/{{task}}.tsv"
    params:
        figure="training_curves",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("training_curves"),
    message:
        "draw the training of {wildcards.task}"


use rule figure_copy_profile as figure_network_profile with:
    input:
        networks=lambda w: paths("networks", w.task),
        schur=lambda w: paths("schur", w.task),
        ablation=lambda w: paths("ablation", w.task),
    output:
        html=f"{FIGURES}/network_profile/{{task}}.html",
        svg=report(
            f"{FIGURES}/network_profile/{{task}}.svg",
            caption="../report/network_profile.rst",
            category="Profiles",
            labels={"figure": "network from elsewhere", "task": "{task}"},
        ),
        png=f"{FIGURES}/network_profile/{{task}}.png",
    log:
        f"{RESULTS}/logs/figures/network_profile/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/network_profile/{{task}}.tsv"
    params:
        figure="network_profile",
        settings=lambda w: plan.figure_settings(PLAN),
        code=figure_code("network_profile"),
    message:
        "draw the profile of the network {wildcards.task}"


use rule figure_copy_profile as figure_diagnostic with:
    input:
        diagnostic=lambda w: diagnoses(w.diagnostic),
    output:
        html=f"{FIGURES}/diagnostics/{{diagnostic}}.html",
        svg=report(
            f"{FIGURES}/diagnostics/{{diagnostic}}.svg",
            caption="../report/diagnostic.rst",
            category="Can this profile be trusted?",
            labels={"figure": "{diagnostic}"},
        ),
        png=f"{FIGURES}/diagnostics/{{diagnostic}}.png",
    log:
        f"{RESULTS}/logs/figures/diagnostics/{{diagnostic}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/diagnostics/{{diagnostic}}.tsv"
    params:
        figure=lambda w: w.diagnostic,
        settings=lambda w: plan.figure_settings(PLAN),
        code=lambda w: figure_code(w.diagnostic),
    message:
        "draw the diagnostic {wildcards.diagnostic}"
