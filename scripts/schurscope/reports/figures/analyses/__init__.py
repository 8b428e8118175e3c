"""One figure a diagnostic, over all tasks; ``rows.py`` is the frame that most of them share."""
