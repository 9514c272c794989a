"""The learned page reader: a small layout-aware transformer that labels the lines of a page."""

from models.page_reader.reader import PageReader, load
from models.page_reader.weights import WeightsError

__all__ = ["PageReader", "WeightsError", "load"]
