"""What is kept is sealed: keys of the bureau, a data key for each application, sealed columns.

See docs/security-design.md.
"""

from __future__ import annotations

from pipeline.service.sealing.envelope import DamagedError
from pipeline.service.sealing.keyring import SERVICE, KeyGoneError, KeyMissingError, Keyring
from pipeline.service.sealing.masters import KeyFileError, Masters

__all__ = ["SERVICE", "DamagedError", "KeyFileError", "KeyGoneError", "KeyMissingError", "Keyring", "Masters"]
