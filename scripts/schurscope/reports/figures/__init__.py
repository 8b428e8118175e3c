"""Altair charts from datasets. One file a figure, each with ``draw(datasets, settings)`` that returns a chart.

``datasets``: kind -> list of datasets (summary, networks, schur) in the order of the config; ``settings``: the config's
figure settings. style.py holds what they share.
"""
