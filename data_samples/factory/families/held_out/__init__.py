"""Held-out families: accuracy is reported on them, so nothing is ever tuned on them.

Their layouts, wordings and drawing code are their own; they share nothing with the development families but the
compiler wrapper. About half are drawn without typst, so that PDF internals and rasterisation differ too.
"""
