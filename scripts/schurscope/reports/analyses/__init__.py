"""One report an analysis: its question, its columns a network and sector, its numbers and answer, its figure.

``frame`` is what most figures share, ``shares`` how counts and spreads are written.
"""
