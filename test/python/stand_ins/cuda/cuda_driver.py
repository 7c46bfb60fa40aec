"""A stand-in for NVIDIA's driver and its management library, for tests alone: our reading of cuda.h and nvml.h."""

from __future__ import annotations

import ctypes
from typing import Any


class StandInDriver:
    """Device memory is memory of this process; a call before cuInit or without a context is refused with CUDA's own numbers."""

    def __init__(self, capability: tuple[int, int] = (8, 9)) -> None:
        self.capability = capability
        self.state: list[str] = []
        self.blocks: dict[int, Any] = {}

    def cuInit(self, flags: Any) -> int:  # noqa: N802
        assert flags.value == 0
        self.state.append("initialised")
        return 0

    def cuDeviceGet(self, device: Any, ordinal: Any) -> int:  # noqa: N802
        device._obj.value = ordinal.value
        return 0 if self.state else 3

    def cuDevicePrimaryCtxRetain(self, context: Any, device: Any) -> int:  # noqa: N802
        context._obj.value = 77 + device.value
        return 0

    def cuCtxSetCurrent(self, context: Any) -> int:  # noqa: N802
        self.state.append(f"context {context.value}")
        return 0

    def cuDeviceGetAttribute(self, value: Any, attribute: Any, _: Any) -> int:  # noqa: N802
        value._obj.value = self.capability[attribute.value - 75]
        return 0

    def cuMemAlloc_v2(self, address: Any, size: Any) -> int:  # noqa: N802
        if len(self.state) < 2:
            return 201
        block = ctypes.create_string_buffer(size.value)
        address._obj.value = ctypes.addressof(block)
        self.blocks[address._obj.value] = block
        return 0

    def cuMemFree_v2(self, address: Any) -> int:  # noqa: N802
        return 0 if self.blocks.pop(address.value, None) is not None else 1

    def cuMemcpyHtoD_v2(self, address: Any, source: Any, size: Any) -> int:  # noqa: N802
        return self._copy(address.value, source.value, size.value, device=address.value)

    def cuMemcpyDtoH_v2(self, target: Any, address: Any, size: Any) -> int:  # noqa: N802
        return self._copy(target.value, address.value, size.value, device=address.value)

    def _copy(self, target: int, source: int, size: int, device: int) -> int:
        if device not in self.blocks or size > len(self.blocks[device]):
            return 1
        ctypes.memmove(target, source, size)
        return 0

    def cuStreamCreate(self, stream: Any, _: Any) -> int:  # noqa: N802
        stream._obj.value = 9
        return 0

    def cuStreamSynchronize(self, stream: Any) -> int:  # noqa: N802
        self.state.append(f"synchronised {stream.value}")
        return 0

    def nvmlInit_v2(self) -> int:  # noqa: N802
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, _: Any) -> int:  # noqa: N802
        text.value = b"580.65.06"
        return 0

    def nvmlShutdown(self) -> int:  # noqa: N802
        return 0

    def cuGetErrorString(self, status: Any, text: Any) -> int:  # noqa: N802
        text._obj.value = {1: b"invalid argument", 201: b"invalid device context"}.get(status.value, b"unknown error")
        return 0
