"""Every code there is, one module a topic."""

from pvmap.findings.catalogue import (
    columns,
    existing,
    extents,
    files,
    geometry,
    grid,
    ground,
    heights,
    ids,
    loads,
    masks,
    places,
    plan,
    public,
    publication,
    results,
    siting,
    weather,
    weather_reading,
    words,
)
from pvmap.findings.kind import Kind

TOPICS = (
    files,
    public,
    geometry,
    extents,
    heights,
    columns,
    words,
    ids,
    places,
    masks,
    ground,
    existing,
    weather,
    weather_reading,
    loads,
    grid,
    plan,
    siting,
    results,
    publication,
)
CATALOGUE: dict[str, Kind] = {kind.code: kind for topic in TOPICS for kind in topic.KINDS}
