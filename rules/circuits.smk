# Every single coupling of every network of a block, and the fewest that keep what it does.


rule atlas:
    input:
        unpack(measuring_input),
    output:
        f"{RESULTS}/atlas/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/atlas/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/atlas/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("circuits"),
        runtime=minutes("circuits"),
    params:
        settings=lambda w: plan.atlas_settings(PLAN, w.task),
        code=measuring_code("atlas.py"),
    message:
        "remove every single coupling of {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
    script:
        "../scripts/atlas.py"


rule circuit:
    input:
        unpack(measuring_input),
    output:
        f"{RESULTS}/circuit/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/circuit/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/circuit/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("circuits"),
        runtime=minutes("circuits"),
    params:
        settings=lambda w: plan.circuit_settings(PLAN),
        code=measuring_code("circuit.py"),
    message:
        "look for the circuits of {wildcards.task} {wildcards.place}, seeds {wildcards.block}"
    script:
        "../scripts/circuit.py"


rule circuit_control:
    input:
        unpack(measuring_input),
    output:
        f"{RESULTS}/circuit_controls/{{basis}}/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/circuit_controls/{{basis}}/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/circuit_controls/{{basis}}/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("circuit_controls"),
        runtime=minutes("circuit_controls"),
    params:
        settings=lambda w: plan.circuit_settings(PLAN),
        code=measuring_code("circuit.py"),
    message:
        "look for the circuits of {wildcards.task} {wildcards.place}, seeds {wildcards.block}, in {wildcards.basis}"
    script:
        "../scripts/circuit.py"


rule circuit_question:
    input:
        unpack(question_input),
    output:
        f"{RESULTS}/circuit_questions/{{question}}/{BLOCK}.nc",
    log:
        f"{RESULTS}/logs/circuit_questions/{{question}}/{BLOCK}.log",
    benchmark:
        f"{RESULTS}/benchmarks/circuit_questions/{{question}}/{BLOCK}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=megabytes("circuit_questions"),
        runtime=minutes("circuit_questions"),
    params:
        settings=lambda w: plan.question_settings(PLAN, w.task),
        code=question_code,
    message:
        "ask about the circuits of {wildcards.task} {wildcards.place}, seeds {wildcards.block}: {wildcards.question}"
    script:
        "../scripts/question.py"


rule summarise_circuits:
    input:
        lambda w: plan.of_circuits(PLAN, "circuit", w.task),
    output:
        f"{RESULTS}/circuit_summary/{{task}}.nc",
    log:
        f"{RESULTS}/logs/summarise_circuits/{{task}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/summarise_circuits/{{task}}.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=plan.canonical({}),
        code=digest("summarise_circuits.py"),
    message:
        "summarise the circuits of {wildcards.task}"
    script:
        "../scripts/summarise_circuits.py"
