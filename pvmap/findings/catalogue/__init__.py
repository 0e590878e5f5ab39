"""Every code there is, one module a topic."""

from pvmap.findings.catalogue import files, geometry
from pvmap.findings.kind import Kind

TOPICS = (files, geometry)
CATALOGUE: dict[str, Kind] = {kind.code: kind for topic in TOPICS for kind in topic.KINDS}
