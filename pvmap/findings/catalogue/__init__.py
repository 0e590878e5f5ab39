"""Every code there is, one module a topic."""

from pvmap.findings.catalogue import existing, extents, files, geometry, heights, results, siting, weather
from pvmap.findings.kind import Kind

TOPICS = (files, geometry, extents, heights, existing, weather, siting, results)
CATALOGUE: dict[str, Kind] = {kind.code: kind for topic in TOPICS for kind in topic.KINDS}
