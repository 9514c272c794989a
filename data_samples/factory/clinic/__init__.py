"""The clinical side: invented patients and their consistent courses, without any paper.

    story(disease number, outcome, rng) ─▶ Story: encounters with dates, laboratory results, examinations, drugs, and
    what a review of the papers should conclude.

The data (``data/``) says what is usual: analytes, panels, examinations, drugs, diseases; Python only keeps it
consistent.
"""
