"""The one exception that means: the user can mend this."""


class SchurscopeError(ValueError):
    """One sentence for the user: what was wrong, where, and what is allowed."""


NO_GPU = "gpu is 1, but PyTorch sees no GPU here; set gpu to 0 (engine fused, on the CPU), or run where there is one"
