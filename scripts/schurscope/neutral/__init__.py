"""Continuous-time systems with a symmetry, their exponents, and what breaking it costs (Mo 2026, arXiv 2605.03338).

A field f with f(g x) = D(g)_x f(x) keeps the directions xi_M(x) in which its group moves x: D phi_t(x) xi_M(x) =
xi_M(phi_t(x)) (eq. 3). Where they stay apart from one another, their exponents are 0: at least q = dim(G/H) of them.
flow.py has the exponents of any field, systems.py fields whose q is known, breaking.py what is left of a circle whose
symmetry is broken. Unlike elsewhere in the library, time is continuous here, and exponents are per unit of it.
"""
