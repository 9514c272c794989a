"""Writes the data dictionary anew: ``python -m pipeline.audit``."""

from __future__ import annotations

from pipeline.audit.dictionary import DICTIONARY, dictionary

if __name__ == "__main__":
    DICTIONARY.write_text(dictionary(), "utf-8")
