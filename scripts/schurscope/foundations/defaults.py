"""What holds where nobody says otherwise; config.yaml says the same, and a test compares them."""

ALPHAS = (0.85, 0.90, 0.95)  # cuts, relative to the spectral radius
ALPHA = 0.90  # the one that is shown where there is room for one
HELD_OUT = 512  # trials of a built-in task
NEAR = 0.01  # a cut is fragile where n_R changes when alpha moves by this
EPSILONS = (0.001, 0.01, 0.1)  # limits of a circuit's discrepancy
SELECTION, GUARD = 128, 256  # trials that choose a circuit's couplings, and that decide which come back
DIAGNOSED = 128  # held-out trials for what runs a network again and again
REMEMBERED = 16  # held-out trials for memory curves along trajectories
MOST_COUPLINGS = 40_000  # that a circuit is chosen from: a model takes 20 kB for each
