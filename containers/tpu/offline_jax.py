"""jax as every module here takes it: told before it loads that it stands alone, on a machine without a TPU and without a network.

libtpu would otherwise ask Google Cloud's metadata server, once a second and for minutes, which machine it is on.
"""

from __future__ import annotations

import os

os.environ.update(
    {
        # What jax runs itself, it runs on the CPU; the TPU is only compiled for.
        "JAX_PLATFORMS": "cpu",
        "TPU_SKIP_MDS_QUERY": "1",
        "TPU_ACCELERATOR_TYPE": "v5litepod-1",
        "TPU_WORKER_HOSTNAMES": "localhost",
        "TPU_WORKER_ID": "0",
        # Several compilers at a time are fine where none of them touches a device.
        "ALLOW_MULTIPLE_LIBTPU_LOAD": "1",
        # ONNX has 64-bit integers, and jax would make 32-bit ones of them in silence.
        "JAX_ENABLE_X64": "1",
    }
)

import jax
import jax.numpy as jnp
from jax import lax

__all__ = ["jax", "jnp", "lax"]
