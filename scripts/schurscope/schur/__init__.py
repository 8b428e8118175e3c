"""The ordered real Schur form, and where alpha cuts it."""

from schurscope.foundations.lazy import lazily

__getattr__, __dir__ = lazily(  # alpha needs no SciPy
    __name__, dict.fromkeys(("SECTORS", "SchurForm", "ordered_schur", "stored_form"), "schurscope.schur.form")
)
