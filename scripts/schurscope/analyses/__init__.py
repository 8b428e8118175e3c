"""Can a profile be trusted? One diagnostic a file: what the ablations of a network depend on, and what they mean.

A module has PROPERTIES (JSON schema of its settings, with defaults), VARIABLES (name -> (dimensions, long name)),
``coordinates(settings)`` and ``measure(subject, settings)``, which returns an array for each variable. NEEDS says what
the subject must have, ("trials",) where it does not stand there: "trials", held-out ones; "first", whether the network
is the one that is drawn where there is room for one; "ablation": then the subject is one network of an ablation
dataset, and nothing is run again. PROPERTIES and NEEDS are plain values: they are read without importing the module.
docs/diagnostics.md has formula, reading and caveat of each.
"""
