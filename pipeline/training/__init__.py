"""Training pages for the page reader: made by the document factory, laid out freely, or really read.

Runs from a clone of the repository: the factory in ``data_samples`` is no part of the installed package.
"""
