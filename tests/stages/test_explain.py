"""Explain tells what was found about a site: by its id, by its row, and about its layer."""

from __future__ import annotations

from pathlib import Path

from city import Run, copy

from pvmap import pipeline, store
from pvmap.findings import finding
from pvmap.pipeline import Job
from pvmap.store import whole


def test_explain_prints_the_findings_that_touch_the_site(small_city: Run, tmp_path: Path) -> None:
    root = copy(small_city, tmp_path / "root")
    folders = small_city.job.folders
    processed = root / folders.processed.relative_to(folders.processed.parents[2])
    sites = store.read_table(processed, "sites")
    site, other = sites[sites["site_type"] == "rooftop"].iloc[[3, 40]].itertuples()
    of_row = finding("polygons-repaired", layer=f"sub/{site.source}", rows=[site.source_row], total=9)
    of_id = finding("outside-districts", layer="districts", sites=[site.site_id], total=9)
    of_layer = finding("values-implausible", layer=site.source, column="height_m", rows=[10**6], theirs="h", value="-1")
    elsewhere = finding("polygons-repaired", layer="masks.gpkg", rows=[site.source_row], total=4)
    about = whole.require_record(processed / "run.json")
    about["findings"] = [one.as_record() for one in (of_row, of_id, of_layer, elsewhere)]
    whole.write_record(processed / "run.json", about)
    job = Job(small_city.job.city_file, small_city.job.settings, folders._replace(processed=processed))

    lines = list(pipeline.explain_site(job, site.site_id))
    here, layer = lines.index("Found about this site"), lines.index("Found about its layer")
    told = "\n".join(lines[here + 1 : layer])
    assert of_row.sentence() in told and of_id.sentence() in told
    assert of_layer.sentence() in lines[layer + 1]
    assert not any("masks.gpkg" in line for line in lines)
    lines = list(pipeline.explain_site(job, other.site_id))
    assert "Found about this site" not in lines and "Found about its layer" in lines
