"""Labelled fields on a page, shared by classifying (who is on this page?) and the extractors of page heads."""

from pipeline.fields.find import Candidate, Field, find_fields, label_key
from pipeline.fields.fold import Folded, fold, folded

__all__ = ["Candidate", "Field", "Folded", "find_fields", "fold", "folded", "label_key"]
