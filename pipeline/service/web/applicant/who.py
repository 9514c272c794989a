"""Who applies, masked."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.service.tables import Application
from pipeline.service.web.applicant.masking import masked_id_number, masked_name, masked_phone

__all__ = ["Who", "who_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    name: str = ""
    id_number: str = ""
    phone: str = ""
    agent: str = ""
    """Empty where the person applies for themselves."""
    agent_relation: str = ""
    agent_phone: str = ""


def who_of(application: Application) -> Who:
    """Return who applies; empty where a channel has told nothing yet."""
    identity = application.identity
    if identity is None:
        return Who()
    return Who(
        name=masked_name(identity.name),
        id_number=masked_id_number(identity.id_number),
        phone=masked_phone(identity.phone),
        agent=masked_name(identity.agent_name),
        agent_relation=identity.agent_relation,
        agent_phone=masked_phone(identity.agent_phone),
    )
