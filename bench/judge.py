"""The tensors of the judge's bench, and the comparators it is measured beside.

`judge.py make FOLDER ELEMENTS` writes three folders of outputs; the other verbs compare two of them and print
`{"seconds": .., "cpuSeconds": .., "peakBytes": ..}`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ATOL = 1e-5
RTOL = 1e-4
BLOCK = 1 << 18


def make(folder: Path, elements: int) -> None:
    """Random values, the same with errors as another float32 runtime makes, and the same again."""
    random = np.random.default_rng(0)
    reference = random.random(elements, dtype=np.float32)
    candidate = reference + reference * np.float32(1e-6) * random.standard_normal(elements, dtype=np.float32)
    for name, values in (("reference", reference), ("candidate", candidate), ("equal", reference)):
        (folder / name).mkdir()
        np.save(folder / name / "0.npy", values.reshape(1, -1))
        shards = [{"samples": 1, "files": {"y": "0.npy"}}]
        document = {"format": "fettle.outputs/1", "samples": 1, "outputs": ["y"], "shards": shards}
        (folder / name / "outputs.json").write_text(json.dumps(document))


def in_blocks(reference: NDArray[np.float32], candidate: NDArray[np.float32]) -> bool:
    """Largest difference, mismatch count and sums of squares in reused buffers: the fastest way in numpy alone."""
    difference, limit = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    largest, mismatches, difference_sum, reference_sum = 0.0, 0, 0.0, 0.0
    for start in range(0, reference.size, BLOCK):
        r, c = reference[start : start + BLOCK], candidate[start : start + BLOCK]
        d, e = difference[: r.size], limit[: r.size]
        np.subtract(c, r, out=d)
        np.abs(d, out=d)
        np.abs(r, out=e)
        largest = max(largest, float(d.max()))
        e *= RTOL
        e += ATOL
        mismatches += int(np.count_nonzero(d > e))
        difference_sum += float(np.dot(d, d))
        reference_sum += float(np.dot(r, r))
    return mismatches == 0


def polygraphy(reference: NDArray[np.float32], candidate: NDArray[np.float32]) -> bool:
    from polygraphy.comparator import IterationResult, SimpleCompareFunc  # noqa: PLC0415  only its own row needs it

    compare = SimpleCompareFunc(atol=ATOL, rtol=RTOL, check_error_stat="max")
    return all(compare(IterationResult({"y": candidate}, "candidate"), IterationResult({"y": reference}, "reference")).values())


def peak_bytes() -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found.group(1)) * 1024 if found else 0


def main() -> None:
    verb, folder = sys.argv[1], Path(sys.argv[2])
    if verb == "make":
        make(folder, int(sys.argv[3]))
        return
    mapped = verb in ("blocks-mapped", "allclose")
    reference, candidate = (np.load(folder / name / "0.npy", mmap_mode="r" if mapped else None)[0] for name in ("reference", "candidate"))
    compare: Callable[..., bool] = {
        "blocks-mapped": in_blocks,
        "blocks-loaded": in_blocks,
        "allclose": lambda r, c: np.allclose(c, r, rtol=RTOL, atol=ATOL),
        "polygraphy": polygraphy,
    }[verb]
    before = peak_bytes()
    start, cpu_start = time.perf_counter(), time.process_time()
    agrees = compare(reference, candidate)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    if not agrees:
        raise SystemExit("the comparator is wrong")
    sys.stdout.write(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "peakBytes": peak_bytes() - before}))


if __name__ == "__main__":
    main()
