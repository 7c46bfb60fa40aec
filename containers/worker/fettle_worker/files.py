"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Writes `value` as JSON beside `path` and renames it there, so that no reader ever sees half of it.

    Raises ValueError for NaN and infinities, which JSON cannot carry.
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1)
    beside = path.with_name(path.name + ".partial")
    beside.write_text(text + "\n", encoding="utf-8")
    os.replace(str(beside), str(path))
