# One diagnostic of every network of a task; a diagnostic that the config sets to null is left out.


rule diagnose:
    input:
        unpack(diagnose_input),
    output:
        f"{RESULTS}/diagnostics/{{diagnostic}}/{{task}}.nc",
    log:
        f"{RESULTS}/logs/diagnose/{{diagnostic}}/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/diagnose/{{diagnostic}}/{{task}}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("diagnose"),
        runtime=minutes("diagnose"),
    params:
        settings=lambda w: plan.diagnose_settings(PLAN, w.task, w.diagnostic),
        code=diagnose_code,
    message:
        "diagnose {wildcards.task}: {wildcards.diagnostic}"
    script:
        "../scripts/diagnose.py"


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
