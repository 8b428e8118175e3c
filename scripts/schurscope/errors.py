"""The one exception that means: the user can mend this."""


class SchurscopeError(ValueError):
    """One sentence for the user: what was wrong, where, and what is allowed."""
