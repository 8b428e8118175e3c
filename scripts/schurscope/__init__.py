"""Which couplings can a trained recurrent network lose?"""

from schurscope.foundations.lazy import lazily

__version__ = "0.1.0"
__all__ = ["circuit", "fisher_memory", "lyapunov_spectrum", "profile", "read_network"]
__getattr__, __dir__ = lazily(  # a job needs no more than what it imports itself
    __name__,
    {
        "circuit": "schurscope.one_network",
        "fisher_memory": "schurscope.stages.memory",
        "lyapunov_spectrum": "schurscope.stages.spectrum",
        "profile": "schurscope.one_network",
        "read_network": "schurscope.external.network",
    },
)
