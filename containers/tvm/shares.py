"""Shares of the executed kernels by the type they compute in, by count and by time. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def precision_shares(kernels: Iterable[tuple[str, int, int]]) -> dict[str, dict[str, float | None]]:
    """(dtype, calls, nanoseconds) of each kernel -> dtype -> {"ops": share of calls, "time": share of time}, largest first.

    `time` is None throughout where nothing took any measurable time.
    """
    calls: dict[str, int] = {}
    times: dict[str, int] = {}
    for dtype, count, nanoseconds in kernels:
        calls[dtype] = calls.get(dtype, 0) + count
        times[dtype] = times.get(dtype, 0) + nanoseconds
    all_calls, all_time = sum(calls.values()), sum(times.values())
    ordered = sorted(calls, key=lambda dtype: (-times[dtype], -calls[dtype], dtype))
    return {dtype: {"ops": calls[dtype] / all_calls, "time": times[dtype] / all_time if all_time else None} for dtype in ordered}
