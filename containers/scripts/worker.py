"""The scripts worker: makes data sets and runs users' metric scripts. Its environment is what those scripts may import."""

from __future__ import annotations

import platform
from importlib.metadata import distributions

from fettle_scripts.dataset import dataset
from fettle_scripts.scoring import score
from fettle_worker import Facts, Request, main


def probe(_: Request) -> Facts:
    installed = {found.metadata["Name"].lower(): found.version for found in distributions()}
    return {"versions": {**dict(sorted(installed.items())), "python": platform.python_version()}, "notes": []}


if __name__ == "__main__":
    main({"probe": probe, "dataset": dataset, "score": score})
