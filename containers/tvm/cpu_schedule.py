"""A schedule for CPUs that is chosen without measuring: the same input gives the same code on every build machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import tvm
from tvm import s_tir, tirx

from loops import NotScheduled, inline_elementwise, is_injective, name_of, top_blocks
from packed_ops import DEPTHWISE, PACKED, PADDED
from schedule_others import schedule_injective, schedule_reduction
from schedule_products import schedule_depthwise, schedule_packed
from vector_unit import VectorUnit

_SCHEDULED = "tirx.is_scheduled"
_PRODUCTS = {PACKED: schedule_packed, DEPTHWISE: schedule_depthwise}


@dataclass
class ScheduleReport:
    """What became of the model's functions."""

    scheduled: Counter[str] = field(default_factory=Counter)
    #: Functions that were scheduled.
    functions: int = 0
    #: Element type that a function computes -> functions: what the generated code will execute.
    precisions: Counter[str] = field(default_factory=Counter)
    #: Function -> why TVM's own plain loops were left.
    left: dict[str, str] = field(default_factory=dict)
    #: Sentences for the user.
    notes: list[str] = field(default_factory=list)


def schedule_functions(module: tvm.ir.IRModule, unit: VectorUnit, report: ScheduleReport) -> tvm.ir.IRModule:
    """Schedules every function of loops in `module`; one that cannot be is left as it is, with the reason in `report`."""
    scheduled = {}
    for variable, function in module.functions_items():
        if not isinstance(function, tirx.PrimFunc) or (function.attrs and _SCHEDULED in function.attrs):
            continue
        report.precisions[_computed_type(function)] += 1
        try:
            scheduled[variable] = _schedule(function, unit, report).with_attr(_SCHEDULED, True)
        except (NotScheduled, s_tir.ScheduleError) as reason:
            report.left[str(variable.name_hint)] = _sentence(reason)
    for variable, function in scheduled.items():
        module[variable] = function
    report.functions += len(scheduled)
    return module


def _schedule(function: tirx.PrimFunc, unit: VectorUnit, report: ScheduleReport) -> tirx.PrimFunc:
    schedule = s_tir.Schedule(function)
    inline_elementwise(schedule, keep=frozenset({PADDED}))
    kinds, finished = Counter[str](), set[str]()
    names = [name_of(schedule, block) for block in top_blocks(schedule)]
    for name in [name for name in names if not is_injective(schedule, schedule.get_sblock(name))]:
        blocks = _PRODUCTS.get(name, schedule_reduction)(schedule, schedule.get_sblock(name), unit)
        finished |= {name_of(schedule, block) for block in blocks}
        kinds[name if name in _PRODUCTS else "reduction"] += 1
    for block in top_blocks(schedule):
        if name_of(schedule, block) not in finished:
            schedule_injective(schedule, block, unit)
            kinds["elementwise"] += 1
    report.scheduled += kinds
    return schedule.mod["main"]


def _computed_type(function: tirx.PrimFunc) -> str:
    """The element type of what a function writes: its last parameter, by the convention of Relax's calls."""
    return str(function.params[-1].dtype)


def _sentence(reason: Exception) -> str:
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(reason).__name__
