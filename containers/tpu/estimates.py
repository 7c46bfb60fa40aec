"""What XLA says of an executable without running it. Models of a chip, never measurements of one."""

from __future__ import annotations

from typing import Any

#: XLA's name of a cost -> what it is of, and its unit.
_COSTS = {
    "optimal_seconds": ("time of one inference, nothing waiting for memory", "s"),
    "flops": ("arithmetic of one inference", "flop"),
    "bytes accessed": ("memory traffic of one inference", "bytes"),
}
_MEMORY = {
    "peak_memory_in_bytes": "peak memory",
    "temp_size_in_bytes": "memory for values between operations",
    "generated_code_size_in_bytes": "size of the program on the chip",
}


def estimates(compiled: Any, device_kind: str) -> list[dict[str, object]]:
    """Estimates of the facts' `declared`. A figure that XLA does not give, or gives as a negative number, is left out."""
    costs, memory = _costs(compiled), compiled.memory_analysis()
    by = f"XLA's cost analysis for {device_kind}"
    found = [_estimate(of, costs.get(name), unit, by) for name, (of, unit) in _COSTS.items()]
    by = f"XLA's memory analysis for {device_kind}"
    found += [_estimate(of, getattr(memory, name, None), "bytes", by) for name, of in _MEMORY.items()]
    return [each for each in found if each is not None]


def _costs(compiled: Any) -> dict[str, float]:
    """Older releases of jax give a list of one."""
    found = compiled.cost_analysis() or {}
    return found[0] if isinstance(found, (list, tuple)) else found


def _estimate(of: str, value: float | None, unit: str, by: str) -> dict[str, object] | None:
    return None if value is None or value < 0 else {"of": of, "value": float(value), "unit": unit, "by": by}
