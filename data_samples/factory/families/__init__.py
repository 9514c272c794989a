"""One module for each group of families; each lists its own in ``FAMILIES``."""
