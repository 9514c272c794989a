"""The learned page reader: a small layout-aware transformer that labels the lines of a page.

Nothing is imported here: whoever wants a label alone, as every reading process does, shall not load what finds them.
"""
