"""The learned page reader beside the rules: pages with what it says of them. What becomes of that, stages decide.

The network runs here and nowhere else, once for each page: its reading stays with the page
(:attr:`pipeline.nouns.ReadPage.learned`), is kept with what was read of it, and holds until the weights change.
"""

from __future__ import annotations

from pipeline.learned.asking import Asked, Finders, ask, open_page_reader
from pipeline.learned.pages import page_input, with_lines

__all__ = ["Asked", "Finders", "ask", "open_page_reader", "page_input", "with_lines"]
