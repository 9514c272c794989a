"""One door to the vocabulary's look-ups: analytes by name and code, diagnoses, drugs, units, codes, hospital levels."""

from rules.vocabulary.analyte_names import AnalyteIndex, Named, Trust, analyte_index
from rules.vocabulary.hospitals import hospital_level, parse_printed_level
from rules.vocabulary.icd10 import clean_icd10, has_prefix, icd10_category, icd10_prefix
from rules.vocabulary.term_names import (
    DiagnosisMatch,
    code_fits,
    diagnosis_grade,
    lookup_diagnosis,
    lookup_drug,
    lookup_drugs,
)
from rules.vocabulary.units import ReadUnit, convert, exponent_lost, known_units, read_unit, unit_of

__all__ = [
    "AnalyteIndex",
    "DiagnosisMatch",
    "Named",
    "ReadUnit",
    "Trust",
    "analyte_index",
    "clean_icd10",
    "code_fits",
    "convert",
    "diagnosis_grade",
    "exponent_lost",
    "has_prefix",
    "hospital_level",
    "icd10_category",
    "icd10_prefix",
    "known_units",
    "lookup_diagnosis",
    "lookup_drug",
    "lookup_drugs",
    "parse_printed_level",
    "read_unit",
    "unit_of",
]
