# The diagnostics of every network of a block, and the blocks of a task together; a diagnostic that the config sets to null
# is left out. One process for all of a block, because starting one takes as long as most of them do. What there is of a
# diagnostic stays where it was made with the same settings and code from the same files (scripts/analyse.py): a changed
# setting computes its own diagnostic again and no other.

if plan.diagnostics(PLAN):

    rule analyse:
        input:
            unpack(analyse_input),
        output:
            **{name: update(f"{RESULTS}/{name}/{BLOCK}.nc") for name in plan.diagnostics(PLAN)},
        log:
            f"{RESULTS}/logs/analyse/{BLOCK}.log",
        benchmark:
            f"{RESULTS}/benchmarks/analyse/{BLOCK}.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=megabytes("analyse"),
            runtime=minutes("analyse"),
        params:
            settings=lambda w: plan.analyse_settings(PLAN, w.task, w.block),
            code=analyse_code,
        message:
            "analyse {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
        script:
            "../scripts/analyse.py"

    rule gather:
        input:
            unpack(lambda w: {name: paths(name, w.task) for name in plan.diagnostics(PLAN)}),
        output:
            **{name: f"{RESULTS}/diagnostics/{name}/{{task}}.nc" for name in plan.diagnostics(PLAN)},
        log:
            f"{RESULTS}/logs/gather/{{task}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/gather/{{task}}.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=2000,
            runtime=30,
        params:
            settings=lambda w: plan.gather_settings(PLAN, w.task),
            code=digest("gather.py"),
        message:
            "gather what was analysed of {wildcards.task}"
        script:
            "../scripts/gather.py"


if plan.time_scales(PLAN):

    rule time_scales:
        input:
            unpack(lambda w: {"networks": f"{TRAINED}/networks/{w.task}/{w.place}/seeds{w.block}.nc"} | data(w.task)),
        output:
            f"{RESULTS}/time_scales/{BLOCK}.nc",
        log:
            f"{RESULTS}/logs/time_scales/{BLOCK}.log",
        benchmark:
            f"{RESULTS}/benchmarks/time_scales/{BLOCK}.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=megabytes("analyse"),
            runtime=minutes("analyse"),
        params:
            settings=plan.time_scales_settings(PLAN),
            code=measuring_code("time_scales.py"),
        message:
            "time scales of {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
        script:
            "../scripts/time_scales.py"


rule trust:
    input:
        unpack(trust_input),
    output:
        page=report(
            f"{RESULTS}/trust/trust.html",
            caption="../report/trust.rst",
            category="Can this profile be trusted?",
            labels={"figure": "the answers"},
        ),
        networks=f"{RESULTS}/trust/networks.csv",
        verdicts=f"{RESULTS}/trust/verdicts.csv",
        claims=f"{RESULTS}/trust/claims.csv",
        answers=f"{RESULTS}/trust/answers.csv",
    log:
        f"{RESULTS}/logs/trust.log",
    benchmark:
        f"{RESULTS}/benchmarks/trust.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        settings=plan.trust_settings(PLAN),
        code=digest(
            "write_trust.py",
            [module_name("report", name) for name in plan.diagnostics(PLAN)],
        ),
    message:
        "answer: can this profile be trusted?"
    script:
        "../scripts/write_trust.py"
