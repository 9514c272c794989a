"""Makes ready before the first request what is made once: templates, and the list of diseases."""

from __future__ import annotations

from pipeline.service.office import Office
from pipeline.service.web.applicant.diseases import groups_of, the_region
from pipeline.service.web.rendering import compile_templates

__all__ = ["warm_up"]


def warm_up(office: Office) -> None:
    """Takes about a second; without it the first of each page would wait for its part of that."""
    compile_templates()
    groups_of(the_region(office))
