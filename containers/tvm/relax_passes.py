"""The passes from the imported graph to scheduled loops."""

from __future__ import annotations

from collections.abc import Callable

import tvm
from tvm import ir, relax
from tvm.relax.backend.cpu_generic import pipeline as stock

from channels_last import channels_last
from clips import lift_clips
from constants import fold_constants
from cpu_schedule import ScheduleReport, schedule_functions
from cpu_target import CpuTarget
from packed_ops import packed_legalisations
from vector_math import math_legalisations


def cpu_pipeline(target: CpuTarget, report: ScheduleReport) -> object:
    """The pipeline for `tvm.compile(relax_pipeline=...)`: TVM's own for CPUs, with channels last, packed products and a schedule."""
    passes = [
        relax.transform.DecomposeOpsForInference(),
        relax.transform.CanonicalizeBindings(),
        _pass(fold_constants),
        relax.transform.FoldConstant(),
        _pass(lift_clips),
        _pass(lambda module: channels_last(module, report.notes)),
        _pass(fold_constants),
        relax.transform.FoldConstant(),
        relax.transform.CanonicalizeBindings(),
        relax.transform.EliminateCommonSubexpr(),
        *stock.library_dispatch_passes(target.tvm),
        relax.transform.LegalizeOps(packed_legalisations(target.unit) | math_legalisations(target.unit)),
        relax.transform.AnnotateTIROpPattern(),
        relax.transform.FoldConstant(),
        relax.transform.FuseOps(),
        relax.transform.FuseTIR(),
        relax.transform.DeadCodeElimination(),
        _pass(lambda module: schedule_functions(module, target.unit, report)),
        *stock.dataflow_lower_passes(target.tvm),
        *stock.finalize_passes(target.tvm),
    ]
    return _pass(lambda module: _under(target, passes, module))


def _under(target: CpuTarget, passes: list[object], module: ir.IRModule) -> ir.IRModule:
    with target.tvm:
        return tvm.transform.Sequential(passes)(module)


def _pass(step: Callable[[ir.IRModule], ir.IRModule]) -> object:
    def run(module: ir.IRModule, _: tvm.transform.PassContext) -> ir.IRModule:
        return step(module)

    return tvm.transform.module_pass(run, opt_level=0)
