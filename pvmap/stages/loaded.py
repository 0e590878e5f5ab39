"""What a worker needs, loaded: all that its first jobs would load one after the other."""

import contextlib

with contextlib.suppress(Exception):  # what is wrong with Dask's settings, say, the first process tells
    import pvmap.engine
    import pvmap.stages.assessed_city
    import pvmap.stages.planned
    import pvmap.stages.settle
    import pvmap.webmap.build  # noqa: F401
