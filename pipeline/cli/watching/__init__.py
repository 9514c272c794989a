"""The watched folder: what a window's scanner saves becomes applications."""
