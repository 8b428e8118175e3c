"""The explorer: one page to ask "without which couplings does this network fail?"."""
