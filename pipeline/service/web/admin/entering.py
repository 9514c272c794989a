"""Who enters the administrator's pages, and that a change carries its session's token."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pipeline.service.actors import Role
from pipeline.service.people.current import CsrfField, SignedIn, UserSignedIn, check_csrf

__all__ = ["Administrator", "AdministratorChanging"]


def administrator(signed: UserSignedIn) -> SignedIn:
    """Return the administrator who is signed in.

    Raises:
        NotAllowedError: another role.
    """
    signed.actor.require_role(Role.ADMINISTRATOR)
    return signed


def administrator_changing(signed: Annotated[SignedIn, Depends(administrator)], csrf: CsrfField = None) -> SignedIn:
    """Return the administrator whose form this is.

    Raises:
        NotAllowedError: another role.
        CsrfError: not from a page of this session.
    """
    check_csrf(signed, csrf)
    return signed


Administrator = Annotated[SignedIn, Depends(administrator)]
AdministratorChanging = Annotated[SignedIn, Depends(administrator_changing)]
