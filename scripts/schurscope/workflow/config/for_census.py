"""A census reads what other sections make: it is asked for with them, or not at all."""

from schurscope.foundations.errors import SchurscopeError

NEEDED = ("subspace", "nonnormality", "lyapunov")  # diagnostics that its questions are about
EPSILON = 0.01  # of its circuits


def check_census(config: dict) -> None:
    """Raise SchurscopeError where a census is asked for without what it reads."""
    if not config["census"]:
        return
    missing = [f"diagnostics.{name}" for name in NEEDED if not isinstance(config["diagnostics"].get(name), dict)]
    if config["circuits"] is None or EPSILON not in config["circuits"]["epsilons"]:
        missing.append(f"circuits with the epsilon {EPSILON:g}")
    if missing:
        raise SchurscopeError(f"config: census: it needs {', '.join(missing)}; switch them on, or census off")
