"""Ten diseases written for zen-engine, to compare with: see ``comparing``."""
