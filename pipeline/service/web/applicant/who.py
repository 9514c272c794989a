"""Who applies, masked."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reporting.text import single_line
from pipeline.service.tables import Application
from pipeline.service.veil import masked_name, masked_number

__all__ = ["Who", "masked_phone", "who_of"]


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
        id_number=masked_number(identity.id_number),
        phone=masked_phone(identity.phone),
        agent=masked_name(identity.agent_name),
        agent_relation=identity.agent_relation,
        agent_phone=masked_phone(identity.agent_phone),
    )


def masked_phone(phone: str) -> str:
    """``139****0000``; of other numbers the last four digits."""
    compact = "".join(single_line(phone).split())
    return f"{compact[:3]}****{compact[-4:]}" if len(compact) == 11 else "*" * max(len(compact) - 4, 0) + compact[-4:]
