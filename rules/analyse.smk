# One diagnostic of every network of a block, and the blocks of a task together; a diagnostic that the config sets to null
# is left out. A job a diagnostic: what is changed in one runs no other again.


rule analyse:
    input:
        unpack(analyse_input),
    output:
        f"{RESULTS}/{{diagnostic}}/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/{{diagnostic}}/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/{{diagnostic}}/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("analyse"),
        runtime=minutes("analyse"),
    params:
        settings=lambda w: plan.analyse_settings(PLAN, w.task, w.diagnostic, w.block),
        code=analyse_code,
    message:
        "analyse {wildcards.task} {wildcards.place}, seeds {wildcards.block}: {wildcards.diagnostic}"
    script:
        "../scripts/analyse.py"


rule gather:
    input:
        lambda w: paths(w.diagnostic, w.task),
    output:
        f"{RESULTS}/diagnostics/{{diagnostic}}/{{task}}.nc",
    log:
        f"{RESULTS}/logs/gather/{{diagnostic}}/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/gather/{{diagnostic}}/{{task}}.tsv"
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
        "gather {wildcards.task}: {wildcards.diagnostic}"
    script:
        "../scripts/gather.py"


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
