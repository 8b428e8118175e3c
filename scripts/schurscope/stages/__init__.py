"""The stages from training to a summary: datasets in, datasets out, one verb a file.

train (or read), decompose, ablate, score_cuts, atlas (every single coupling), circuit (the fewest), question (about
these), memory, analyse, gather, summarise. What the workflow's rules, the commands and a notebook
have in common; docs/from_python.md goes through them.
"""
