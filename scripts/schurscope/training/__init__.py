"""From a start to a trained network: the loop, the recipe, and engines that do the updates."""
