"""The analyst's audit: a de-identified star schema of many applications, and questions asked of it.

It knows the schema, the rules and stored facts, never the service: the service and the command line write rows, and
everything here reads them.
"""
