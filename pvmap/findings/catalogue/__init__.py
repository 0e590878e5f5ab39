"""Every code there is, one module a topic."""

from pvmap.findings.catalogue import existing, extents, files, geometry, heights, results, weather
from pvmap.findings.kind import Kind

TOPICS = (files, geometry, extents, heights, existing, weather, results)
CATALOGUE: dict[str, Kind] = {kind.code: kind for topic in TOPICS for kind in topic.KINDS}
