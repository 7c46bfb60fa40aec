"""Writes ../digits.npz: scikit-learn's digits, shuffled once and cut into three splits. Needs scikit-learn; see ../README.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TRAINING, CALIBRATION = 1000, 200


def main() -> None:
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    calibrated = TRAINING + CALIBRATION
    parts = {"train": slice(0, TRAINING), "calibration": slice(TRAINING, calibrated), "validation": slice(calibrated, None)}
    arrays = {}
    for split, part in parts.items():
        arrays[f"{split}_images"] = digits.images[order[part]].astype(np.uint8)
        arrays[f"{split}_labels"] = digits.target[order[part]].astype(np.uint8)
    np.savez_compressed(Path(__file__).parents[1] / "digits.npz", **arrays)


if __name__ == "__main__":
    main()
