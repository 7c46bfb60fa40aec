"""Puts the protocol's Python half, and what workers share, on the import path, as PYTHONPATH does in a workspace."""

from __future__ import annotations

import sys

from workspace import CONTAINERS, PROTOCOL

for folder in (PROTOCOL, CONTAINERS / "tensorrt-common"):
    sys.path.insert(0, str(folder))
