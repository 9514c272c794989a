"""Normalising: printed names, units, dates and diagnoses brought to one vocabulary; the raw text always stays."""
