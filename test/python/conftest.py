"""Puts the protocol's Python half on the import path, as PYTHONPATH does in a workspace."""

from __future__ import annotations

import sys

from workspace import PROTOCOL

sys.path.insert(0, str(PROTOCOL))
