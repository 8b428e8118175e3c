"""Engines: training updates, with one meaning, by different means. One file each.

An engine's module has one of these two; ``start``: a training.start.Start, ``recipe``: a training.recipe.Recipe. The
cell, the loss and the optimiser say which engines know them (``engines``).

``Engine(start, recipe, dtype)``: one network, with
    update(trials)   one step of the optimiser on the trials' loss; returns the loss before the step, or
                     a loss that is not finite, in which case nothing was changed
    weights()        the Weights as they are now

``Group(task, starts, seeds, batch, recipe, dtype, device)``: networks side by side, with
    run(first, count, horizons)   that many updates; returns each network's losses, up to the first that is not finite
    weights()                     each network's Weights
    scores(trials)                each network's metric
    keep(indices)                 go on with these networks only
and ``networks_at_once(task, width, training)``, how many a group may have here.
"""
