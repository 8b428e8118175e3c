"""Which couplings can a trained recurrent network lose?"""

from schurscope.foundations.lazy import lazily

__version__ = "0.1.0"
__all__ = ["circuit", "profile", "read_network"]
__getattr__, __dir__ = lazily(  # a job needs no more than what it imports itself
    __name__,
    {
        "circuit": "schurscope.one_network",
        "profile": "schurscope.one_network",
        "read_network": "schurscope.external.network",
    },
)
