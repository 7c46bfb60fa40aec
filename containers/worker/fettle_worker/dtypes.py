"""Element types that tensors have at a model's edge, by their numpy names, which are ONNX's except for `string`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Tuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: As DTYPES in src/domain/tensor.ts.
DTYPES = (
    "float32",
    "float64",
    "float16",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
    "string",
)

#: Types that .npy cannot carry; they cross the edge as float32, which holds every value of theirs exactly.
_WIDENED_PREFIXES = ("bfloat16", "float8", "float6", "float4")


def edge_dtype(name: str) -> Tuple[str, Optional[str]]:
    """The type a tensor of type `name` (numpy or ml_dtypes name) has at the edge, and a note where that is another one.

    Raises ValueError for a type that has no place at an edge.
    """
    plain = "string" if name in ("object", "str") or name.startswith("str") else name
    if plain in DTYPES:
        return plain, None
    if plain.startswith(_WIDENED_PREFIXES):
        return "float32", f"{plain} is converted to float32 at the model's edge"
    raise ValueError(f"{name} cannot be passed in or out of a model")


def is_edge_dtype(name: str) -> bool:
    return name in DTYPES


def widen(array: "NDArray[Any]") -> "Tuple[NDArray[Any], Optional[str]]":
    """An array of any type a runtime gave, as one that .npy can carry, and a note where it had to be converted.

    Strings become fixed-width unicode; bfloat16 and float8 (ml_dtypes) become float32; the rest is C order, little-endian.
    """
    dtype, note = edge_dtype(array.dtype.name)
    if dtype == "string":
        return np.ascontiguousarray(array).astype(np.str_).reshape(array.shape), None
    wanted = np.dtype(dtype).newbyteorder("<")
    # ascontiguousarray makes a scalar one-dimensional; reshape gives it its rank back.
    return np.ascontiguousarray(array, dtype=wanted).reshape(array.shape), note


def from_bfloat16_bits(bits: "NDArray[np.uint16]") -> "NDArray[np.float32]":
    """bfloat16 values given as their bit patterns, as float32: bfloat16 is the upper half of a float32."""
    shifted: "NDArray[np.uint32]" = bits.astype(np.uint32) << np.uint32(16)
    return shifted.view(np.float32)
