"""OpenVINO without its telemetry. Take it from here, and import it nowhere else.

Importing OpenVINO sends an event to a server outside and keeps an identifier in the user's home folder, without asking.
Where the package that does so cannot be imported, OpenVINO takes a stub of its own.
"""

from __future__ import annotations

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
_modules["openvino_telemetry"] = None  # importing it fails from now on, as where it is not installed

import openvino  # noqa: E402 - only after the line above
from openvino import opset13  # noqa: E402

__all__ = ["openvino", "opset13"]
