"""Compiles and runs the smallest model that exercises OpenVINO's just-in-time compiler, and prints what the CPU offers as JSON.

Run as a program of its own by `probe`: on some hosts OpenVINO dies here (a known SIGFPE while it reads the CPU's caches), and
only a child process can be seen to die.
"""

from __future__ import annotations

import json

import numpy as np
import openvino as ov
import openvino.opset13 as op

FEATURES = 8


def main() -> None:
    core = ov.Core()
    rows = op.parameter([2, FEATURES], np.float32)
    model = ov.Model([op.relu(op.matmul(rows, op.constant(np.eye(FEATURES, dtype=np.float32)), False, False))], [rows])
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1})
    given = np.arange(2 * FEATURES, dtype=np.float32).reshape(2, FEATURES)
    result = compiled([given])[0]
    print(
        json.dumps(
            {
                "right": bool(np.array_equal(result, given)),
                "cpu": core.get_property("CPU", "FULL_DEVICE_NAME"),
                "capabilities": list(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")),
                "requirements": str(compiled.get_property("RUNTIME_REQUIREMENTS")),
            }
        )
    )


if __name__ == "__main__":
    main()
