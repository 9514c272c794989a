"""The catalogue: the standard of every disease as a site that a phone opens without network or server.

It reads rules and shows them. It never judges, and no page says whether somebody meets anything.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.catalogue.site import GENERATOR, render_site
from pipeline.catalogue.writing import CatalogueError, write_site
from rules.engine.ruleset import Region

__all__ = ["CatalogueError", "render_site", "write_catalogue"]


def write_catalogue(region: Region, folder: Path) -> tuple[Path, ...]:
    """Write the site of ``region`` into ``folder`` and return the files, ``index.html`` first.

    Raises:
        CatalogueError: the folder cannot take it; nothing was changed there.
    """
    site = render_site(region)
    write_site(site, folder, generator=GENERATOR)
    return tuple(folder / name for name in site)
