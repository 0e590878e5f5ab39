"""Jobs in, outcomes out, on Dask. The only package that imports dask.

A job is a plain function of one picklable argument that writes its own files and returns something small. Whether it
runs in this process, on a local cluster or on a thousand machines is decided here and nowhere else.
"""

from pvmap.engine.pool import AHEAD, Outcomes, Pool

__all__ = ["AHEAD", "Outcomes", "Pool"]
