"""Jobs in, outcomes out, on Dask. The only package that imports dask.

A job is a plain function of one picklable argument that writes its own files and returns something small. Whether it
runs in this process, on a local cluster or on a thousand machines is decided here and nowhere else.
"""

from pvmap.errors import ConfigError

try:
    import dask  # noqa: F401
except ValueError as error:  # it reads its settings as it is loaded
    told = str(error).partition(",")[0]
    raise ConfigError(
        f"Dask's own settings cannot be read ({told}); correct them, or name others as DASK_CONFIG."
    ) from None

from pvmap.engine.pool import AHEAD, Outcomes, Pool

__all__ = ["AHEAD", "Outcomes", "Pool"]
