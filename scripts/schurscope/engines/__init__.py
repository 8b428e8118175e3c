"""Engines: one training update, with one meaning, by different means. One file each.

An engine's module has ``Engine(construction, W_xh, W_hy, recipe, dtype)`` with
    update(trials)   one step of Adam on the trials' mean squared error; returns the loss before the step, or
                     a loss that is not finite, in which case nothing was changed
    weights()        the Weights as they are now
"""
