"""The qnn worker: Qualcomm's AI Engine Direct, compiling for the Hexagon Tensor Processor (HTP) and running on its x86 simulator."""

from __future__ import annotations

from compiling import compile_model
from fettle_worker import Facts, Request, main
from htp import htp_devices
from running import infer
from versions import versions


def probe(_: Request) -> Facts:
    htp_devices()
    return {"versions": versions(), "notes": ["compiles for the Hexagon Tensor Processor and simulates it; needs no device"]}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer})
