"""Clinical papers of the development split: every document type besides laboratory sheets."""
