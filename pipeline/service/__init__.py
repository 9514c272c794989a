"""The service: applicants upload, reviewers decide, nothing is lost.

Layers inside, each knows only those below::

    web, api                 what browsers and platforms see
    work                     durable workflows: files, pages, assessments, webhooks
    applications, decisions  use cases: who may do what to a case, each one transaction with its trace
    trail, people, blobs     the hash-chained log, accounts and sessions, uploads by content
    tables, database         rows and transactions
    states, workdays, numbers   pure rules of the procedure

Every use case takes a session, the :class:`~pipeline.service.actors.Actor` who asks, and plain values; it checks the
right to do so itself, so that no page and no API route can forget to.
"""
