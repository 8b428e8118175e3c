"""Alpha, the place of the cut relative to the spectral radius: what is allowed, and how it is compared and stored."""

from collections.abc import Iterable
from numbers import Real

from schurscope.foundations.errors import SchurscopeError

DECIMALS = 6


def check_alpha(alpha) -> None:
    """Raise SchurscopeError unless alpha lies in (0, 1]."""
    if not isinstance(alpha, Real) or not 0 < alpha <= 1:
        raise SchurscopeError(f"alpha is {alpha!r}; it must be above 0 and at most 1")


def check_alphas(alphas: float | Iterable[float]) -> list[float]:
    """Alphas rounded to 6 decimals, sorted, each once. Raises SchurscopeError."""
    alphas = alphas.tolist() if hasattr(alphas, "tolist") else alphas
    if not isinstance(alphas, (Real, list, tuple, set, range)):
        raise SchurscopeError(f"alphas are {alphas!r}; a number or a list of numbers is needed")
    alphas = [alphas] if isinstance(alphas, Real) else list(alphas)
    for alpha in alphas:
        check_alpha(alpha)
    rounded = sorted({round(float(alpha), DECIMALS) for alpha in alphas})
    if not rounded:
        raise SchurscopeError("there are no alphas; at least one is needed")
    if rounded[0] <= 0:
        raise SchurscopeError(f"alpha is rounded to {DECIMALS} decimals and must stay above 0")
    return rounded
