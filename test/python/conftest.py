"""Puts the protocol's Python half, and what workers share, on the import path, as PYTHONPATH does in a workspace."""

from __future__ import annotations

import sys

from workspace import CONTAINERS, PROTOCOL, REPOSITORY

for folder in (PROTOCOL, CONTAINERS / "tensorrt-common", REPOSITORY / "test/python/stand_ins/cuda"):
    sys.path.insert(0, str(folder))
