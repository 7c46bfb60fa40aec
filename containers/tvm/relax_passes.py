"""The passes from the imported graph to scheduled loops."""

from __future__ import annotations

import tvm
from clips import lift_clips
from cpu_schedule import ScheduleReport, schedule_functions
from cpu_target import CpuTarget
from packed_ops import packed_legalisations
from tvm import relax
from tvm.relax.backend.cpu_generic import pipeline as stock

_CHANNELS_LAST = {"relax.nn.conv2d": ["NHWC", "HWIO"]}


def cpu_pipeline(target: CpuTarget, report: ScheduleReport) -> object:
    """The pipeline for `tvm.compile(relax_pipeline=...)`: TVM's own for CPUs, with channels last, packed products and a schedule."""

    def schedule(module: tvm.ir.IRModule, _: tvm.transform.PassContext) -> tvm.ir.IRModule:
        return schedule_functions(module, target.unit, report)

    passes = [
        relax.transform.DecomposeOpsForInference(),
        relax.transform.CanonicalizeBindings(),
        relax.transform.FoldConstant(),
        tvm.transform.module_pass(lift_clips, opt_level=0),
        relax.transform.ConvertLayout(_CHANNELS_LAST),
        relax.transform.FoldConstant(),
        relax.transform.CanonicalizeBindings(),
        relax.transform.EliminateCommonSubexpr(),
        *stock.library_dispatch_passes(target.tvm),
        relax.transform.LegalizeOps(packed_legalisations(target.unit)),
        relax.transform.AnnotateTIROpPattern(),
        relax.transform.FoldConstant(),
        relax.transform.FuseOps(),
        relax.transform.FuseTIR(),
        relax.transform.DeadCodeElimination(),
        tvm.transform.module_pass(schedule, opt_level=0),
        *stock.dataflow_lower_passes(target.tvm),
        *stock.finalize_passes(target.tvm),
    ]

    def pipeline(module: tvm.ir.IRModule, _: tvm.transform.PassContext) -> tvm.ir.IRModule:
        with target.tvm:
            return tvm.transform.Sequential(passes)(module)

    return tvm.transform.module_pass(pipeline, opt_level=0)
