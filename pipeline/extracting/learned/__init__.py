"""The learned page reader as one extractor beside the rules: its spans become facts of the same make, then both meet.

spans ─pieces─▶ pieces of lines ─rows, heads, diagnoses─▶ candidates ─labs, merging─▶ facts that say who found them

Where both found a statement its evidence names both and is surer. Where the page reader reads a row otherwise, the row
is doubted (``readers_disagree``). What it alone found is shown, doubted, and never decides an item.
"""

from __future__ import annotations

from pipeline.extracting.learned.diagnoses import merge_diagnoses
from pipeline.extracting.learned.heads import fill_heads, fill_identities
from pipeline.extracting.learned.labs import merge_labs

__all__ = ["fill_heads", "fill_identities", "merge_diagnoses", "merge_labs"]
