"""Can a profile be trusted? One diagnostic a file: what the ablations of a network depend on, and what they mean.

A module has PROPERTIES (JSON schema of its settings, with defaults), VARIABLES (name -> (dimensions, long name)),
``coordinates(settings)`` and ``measure(subject, settings)``, which returns an array for each variable.
docs/diagnostics.md has formula, reading and caveat of each.
"""
