"""Failures of TensorRT's parser and builder as failures of the protocol, with the ONNX node where one can be named."""

from __future__ import annotations

import re
from typing import Any

from fettle_tensorrt.onnx_nodes import NodeName, OnnxNodes
from fettle_worker import WorkerError

#: Said by the compiler of TensorRT for RTX for a float32 matrix product on Turing.
_NO_FLOAT32_PRODUCT = re.compile(r"Cannot compile operation '(?P<layer>[^']+)' for Turing \(SM75\): FP32 GEMM is not supported")
#: A place in NVIDIA's sources, at the start of a message.
_PLACE = re.compile(r"^(IBuilder::buildSerializedNetwork: )?(Error Code \d+: )?(API Usage Error |Internal Error |Myelin )?")
_ASSERTION = re.compile(r"^Assertion failed: \S+: ")
#: What TensorRT cannot do with a quantised model that other runtimes take, and what to ask the quantiser for instead.
_QUANTISER_MENDS = (
    (
        "Non-zero zero point is not supported",
        "quantise symmetrically: TensorRT takes zero points of 0 only (`ActivationSymmetric` of ONNX Runtime)",
    ),
    (
        "input has type Int32 but must have",
        "leave biases in float32: TensorRT dequantises no int32 (`QuantizeBias: False` of ONNX Runtime)",
    ),
)
#: Codes of a parser that cannot read the file itself.
_NOT_A_MODEL = ("MODEL_DESERIALIZE_FAILED", "INVALID_GRAPH")


def parser_failure(parser: Any, nodes: OnnxNodes, product: str) -> WorkerError:
    """The first of the parser's errors. `product` is what the user calls the compiler."""
    if parser.num_errors == 0:
        return WorkerError("toolchain-error", f"{product} refuses the model without saying why")
    error = parser.get_error(0)
    code, said = error.code().name, error.desc()
    key = {"keyLine": f"{code}: {said}"}
    if code in _NOT_A_MODEL:
        return WorkerError("invalid-model", f"{product} cannot read the model: {said}", key)
    node = _parsers_node(error, nodes)
    if node is None:
        return WorkerError("unsupported-model", f"{product} cannot take the model: {said}", key)
    if _is_missing(error):
        message = f"{product} has no implementation of the operator {node.operator}, which node {node.name!r} needs"
    else:
        message = f"{product} cannot take the {node.operator} node {node.name!r}: {said}"
    return WorkerError("unsupported-operator", message, {**node.details(), **key, **_quantiser_hint(said)})


def _quantiser_hint(said: str) -> dict[str, str]:
    mend = next((mend for words, mend in _QUANTISER_MENDS if words in said), None)
    return {} if mend is None else {"hint": mend}


def parser_reason(error: Any) -> str:
    """Why the parser does not take a node, on one line: what it asserts in its own sources is left out."""
    return "the parser has no such operator" if _is_missing(error) else _ASSERTION.sub("", " ".join(error.desc().split()))


def _is_missing(error: Any) -> bool:
    return "Plugin not found" in error.desc() or error.code().name == "UNSUPPORTED_NODE"


def _parsers_node(error: Any, nodes: OnnxNodes) -> NodeName | None:
    # The parser gives a node without a name an empty one, and its number in any case; -1 where no node is at fault.
    if error.node() < 0:
        return None
    return nodes.at(error.node()) or NodeName(error.node_name(), error.node_operator())


def build_failure(errors: list[str], nodes: OnnxNodes, product: str) -> WorkerError:
    """What the builder logged. The first error is the cause; what follows are callers that pass it on."""
    if not errors:
        return WorkerError("toolchain-error", f"{product} gave no plan and logged no error")
    first = errors[0]
    product_on_turing = next(filter(None, map(_NO_FLOAT32_PRODUCT.search, errors)), None)
    if product_on_turing is not None:
        return _no_float32_product(product_on_turing, nodes, product)
    reason = _PLACE.sub("", first)
    node = next(filter(None, map(nodes.named_in, errors)), None)
    if node is not None:
        details = {**node.details(), "keyLine": first}
        return WorkerError("unsupported-operator", f"{product} cannot build the {node.operator} node {node.name!r}: {reason}", details)
    flow = nodes.control_flow()
    if flow is not None and "Scope" in first:
        message = f"{product} cannot build the model's {flow.operator} node {flow.name!r}"
        hint = "bind the input that its condition follows from (`model.bind`), so that the branch is settled before compiling"
        return WorkerError("unsupported-operator", message, {**flow.details(), "keyLine": first, "hint": hint})
    return WorkerError("toolchain-error", f"{product} cannot build the model: {reason}", {"keyLine": first})


def _no_float32_product(match: re.Match[str], nodes: OnnxNodes, product: str) -> WorkerError:
    layer = match.group("layer")
    node = nodes.named_in(f"'{layer}'")
    which = f", which the {node.operator} node {node.name!r} needs" if node else ""
    return WorkerError(
        "unsupported-operator",
        f"{product} has no float32 matrix product for Turing (sm_75){which}",
        {
            # A product inside an LSTM or a loop is a layer of TensorRT's own making, and of no ONNX node.
            **(node.details() if node else {}),
            "keyLine": match.group(0),
            "hint": "add `float16` to `try.precision`: Turing multiplies matrices in that",
        },
    )
