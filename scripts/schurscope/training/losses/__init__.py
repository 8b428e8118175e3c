"""Losses: what an update lowers. One file each, with LOSS.

A loss is an object with
    engines                          that know it; the first that a cell knows too is taken unless the config says
    value(outputs, targets, mask)    one number from arrays (batch, time, output) of NumPy or torch, mask of bool
    problem(targets, mask)           why it is not defined on these trials, in words; None if it is
"""
