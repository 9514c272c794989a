"""The learned page reader: a small layout-aware transformer that labels the lines of a page."""
