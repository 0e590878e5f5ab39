"""The report, chapter by chapter."""

from __future__ import annotations

from pathlib import Path

from pvmap import disk
from pvmap.deliver.marks import marks_of
from pvmap.deliver.report.front import write_basis, write_cover, write_data, write_method
from pvmap.deliver.report.money import write_investment, write_land, write_risk, write_targets
from pvmap.deliver.report.page import Page
from pvmap.deliver.report.plan import write_areas, write_build_out, write_hosting, write_network, write_scenarios
from pvmap.deliver.report.potential import write_potential, write_projects
from pvmap.deliver.report_tables import Run

CHAPTERS = (
    *(write_cover, write_basis, write_data, write_method, write_potential, write_targets, write_hosting),
    *(
        write_build_out,
        write_scenarios,
        write_network,
        write_areas,
        write_investment,
        write_land,
        write_risk,
        write_projects,
    ),
)


def write_report(path: Path, run: Run) -> Path:
    """Write the report.

    Parameters
    ----------
    path
        ``report.docx``; replaced only when the new one is whole.
    run
        Tables and manifest of one run, those that the workbook is made of.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    page = Page(marks_of(run.settings.city))
    for write in CHAPTERS:
        write(page, run)
    return disk.write_atomically(path, lambda part: page.file.save(str(part)))
