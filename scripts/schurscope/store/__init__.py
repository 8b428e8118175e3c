"""Results as files: what they hold, reading and writing, records, provenance."""

from schurscope.foundations.lazy import lazily

__getattr__, __dir__ = lazily(  # files and records need no xarray
    __name__, {"open_results": "schurscope.store.results", "read": "schurscope.store.netcdf"}
)
