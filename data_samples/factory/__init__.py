"""The document factory: invented applications on the paper of invented hospitals, with their truth.

    story ─papers─▶ Paper ─family─▶ Drawn ─camera─▶ files of a case, beside truth.json

A story (``clinic``) is one patient's consistent course. A paper is what one document says, without any layout. A family
(``families``) is one way to lay such a paper out; each belongs to development or to the held-out split, once and for
all. The camera (``camera``) turns clean pages into scans and photographs and moves the truth along with the pixels.
"""
