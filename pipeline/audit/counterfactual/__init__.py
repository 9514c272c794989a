"""Counterfactuals: what evidence would have met the standard. For analysts; applicants are never shown any of it.

What an applicant is told to hand in is :mod:`rules.engine.missing`. Here values are asked about as well: that a result
would have had to be another one is knowledge about the standard, and no advice to anybody.
"""

from pipeline.audit.counterfactual.edits import Burden, Edit
from pipeline.audit.counterfactual.materials import Materials, materials
from pipeline.audit.counterfactual.search import Counterfactual, Way, counterfactual

__all__ = ["Burden", "Counterfactual", "Edit", "Materials", "Way", "counterfactual", "materials"]
