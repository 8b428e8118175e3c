# All networks of a config along one dimension, for others and for the census (docs/census.md), which is made from that alone.

DATASET = f"{RESULTS}/dataset"


rule dataset:
    input:
        unpack(lambda w: population.blocks(PLAN, w.kind)),
    output:
        f"{DATASET}/{{kind}}.nc",
    log:
        f"{RESULTS}/logs/dataset/{{kind}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/dataset/{{kind}}.tsv"
    wildcard_constraints:
        kind="|".join(population.kinds(PLAN)),
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        settings=lambda w: population.settings(PLAN, w.kind),
        code=digest("dataset.py"),
    message:
        "put all networks along one dimension: {wildcards.kind}"
    script:
        "../scripts/dataset.py"


rule dataset_readme:
    input:
        population.files(PLAN),
    output:
        readme=f"{DATASET}/README.md",
        sums=f"{DATASET}/SHA256SUMS",
    log:
        f"{RESULTS}/logs/dataset/readme.log",
    benchmark:
        f"{RESULTS}/benchmarks/dataset/readme.tsv"
    conda:
        ENV
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        settings=plan.canonical({}),
        code=digest("dataset_readme.py"),
    message:
        "say what the dataset is"
    script:
        "../scripts/dataset_readme.py"


if PLAN["census"]:

    rule census:
        input:
            **{Path(path).stem: path for path in population.files(PLAN)},
        output:
            page=report(f"{RESULTS}/census/census.html", caption="../report/census.rst", category="Census"),
            said=f"{RESULTS}/census/said.json",
            pictures=expand(f"{RESULTS}/figures/census/{{name}}.svg", name=["within", "stated", "sizes", "slow"]),
            answers=f"{RESULTS}/census/answers.csv",
            measures=f"{RESULTS}/census/measures.csv",
            seed_variance=f"{RESULTS}/census/seed_variance.csv",
        log:
            f"{RESULTS}/logs/census.log",
        benchmark:
            f"{RESULTS}/benchmarks/census.tsv"
        conda:
            ENV
        threads: 1
        resources:
            mem_mb=4000,
            runtime=60,
        params:
            settings=plan.canonical({"alpha": PLAN["figures"]["alpha"]}),
            code=digest("census.py"),
        message:
            "ask the census"
        script:
            "../scripts/census.py"
