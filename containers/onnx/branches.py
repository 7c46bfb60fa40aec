"""Replaces If nodes whose condition is a constant by the branch that is taken.

ONNX Runtime's optimiser does this too, but its version 1.32 crashes on branches that hold branches of their own.
"""

from __future__ import annotations

import onnx
import onnxruntime as ort

from findings import Findings, counted
from graphs import default_opset
from sessions import open_session


def resolve_branches(model: onnx.ModelProto, findings: Findings) -> None:
    """Does so until no such node is left in the main graph; a taken branch may bring further ones to it."""
    resolved = 0
    while _resolve_one(model):
        resolved += 1
    if resolved:
        findings.changed(f"{counted(resolved, 'If node')} with a constant condition replaced by the branch that is taken.")


def _resolve_one(model: onnx.ModelProto) -> bool:
    for place, node in enumerate(model.graph.node):
        if node.op_type != "If":
            continue
        condition = _constant_condition(model, node.input[0])
        if condition is not None:
            branch = next(a.g for a in node.attribute if a.name == ("then_branch" if condition else "else_branch"))
            _inline(model.graph, place, node, branch)
            return True
    return False


def _constant_condition(model: onnx.ModelProto, name: str) -> bool | None:
    """The value of a tensor that depends on initialisers alone; None for one that does not, or that cannot be computed."""
    nodes = _ancestors(model.graph, name)
    if nodes is None:
        return None
    needed = {used for node in nodes for used in node.input} | {name}
    initialisers = [tensor for tensor in model.graph.initializer if tensor.name in needed]
    output = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.BOOL, None)
    graph = onnx.helper.make_graph(nodes, "condition", [], [output], initialisers)
    opset = onnx.helper.make_opsetid("", default_opset(model))
    small = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=model.ir_version)
    try:
        session = open_session(small.SerializeToString(), ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
        return bool(session.run([name], {})[0].item())
    except Exception:  # noqa: BLE001 - an operator that cannot be run alone; the If simply stays
        return None


def _ancestors(graph: onnx.GraphProto, name: str) -> list[onnx.NodeProto] | None:
    """The nodes that compute a tensor, in the graph's order; None if an input of the model or a nested graph has a part in it."""
    constants = {tensor.name for tensor in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    wanted, open_names = set(), [name]
    while open_names:
        current = open_names.pop()
        if current in constants or not current:
            continue
        maker = makers.get(current)
        if maker is None or _cannot_be_constant(maker):
            return None
        if id(maker) not in wanted:
            wanted.add(id(maker))
            open_names.extend(maker.input)
    return [node for node in graph.node if id(node) in wanted]


def _cannot_be_constant(node: onnx.NodeProto) -> bool:
    nested = any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute)
    return nested or node.domain not in ("", "ai.onnx") or node.op_type.startswith(("Random", "Bernoulli", "Multinomial"))


def _inline(graph: onnx.GraphProto, place: int, node: onnx.NodeProto, branch: onnx.GraphProto) -> None:
    """Puts a branch's nodes where its If was; its outputs get the If's names through an Identity each.

    Tensors need no other names: a nested graph may not use one of the graphs around it, and the other branch goes away.
    Nodes may, since their names are unique in their own graph only.
    """
    taken = {each.name for each in graph.node}
    body = [_copy(each) for each in branch.node]
    for each in body:
        if each.name in taken:
            each.name = ""
    outputs = [
        onnx.helper.make_node("Identity", [inner.name], [outer]) for inner, outer in zip(branch.output, node.output, strict=True) if outer
    ]
    following = [_copy(each) for each in graph.node[place + 1 :]]
    graph.initializer.extend(branch.initializer)
    del graph.node[place:]
    graph.node.extend([*body, *outputs, *following])


def _copy(node: onnx.NodeProto) -> onnx.NodeProto:
    copied = onnx.NodeProto()
    copied.CopyFrom(node)
    return copied
