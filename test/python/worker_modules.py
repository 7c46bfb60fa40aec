"""Loads modules of a worker's folder that need none of its packages: the workers' modules are no package."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from workspace import CONTAINERS


def load_module(worker: str, name: str) -> ModuleType:
    """containers/`worker`/`name`.py, with its neighbours importable while it loads."""
    folder = str(CONTAINERS / worker)
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)
