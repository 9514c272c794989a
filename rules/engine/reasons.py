"""The reason codes that a judgement gives: a case that expects another one can never pass."""

from __future__ import annotations

__all__ = ["REASONS"]

_CODES = """
above_threshold admission_only alternatives_not_examined another_stay below_grade below_threshold catch_all
code_only comparator_open conclusion_number_disagree conclusion_unsure contradiction course_too_short date_unknown
date_unreadable days_not_distinct denied department_unknown diagnosis_not_stated document_type_unknown
document_unknown doubtful_result doubtful_words empty_group error evidence_found flag_range_disagree form_entry
future_date generative_only grade_not_stated grade_unclear history_only hospital_below_level hospital_kind_unknown
hospital_level_unknown kind_not_stated low_confidence modality_unknown name_code_disagree needs_person negative
no_evidence no_place no_reference no_rule_for_date not_confirmed not_given not_in_conclusion not_in_diagnosis_list
not_in_force not_related number_alone number_not_qualified numbers_disagree observation_conclusion_disagree
other_person outside_window own_reading_off owner_unknown panel_incomplete person polarity_unknown positive
purpose_unclear quoted_only readings_disagree record_without_detail reference_unclear signers_unclear stay_unknown
threshold_not_reached too_early too_few unclear_list unit_unknown value_unreadable weak_sign within_range
wrong_department wrong_document wrong_hospital
"""
REASONS = frozenset(_CODES.split())
"""Codes by what decided (``rules/engine/admission.py``, ``weighing.py``, ``outcome.py`` and the conditions)."""
