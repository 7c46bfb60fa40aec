"""The verb `infer` for a CPU that is not here."""

from __future__ import annotations

from dispatches import DECLARED, NoProfile, precision_shares
from emulated import EmulatedSession
from fettle_worker import Emulator, Facts, Request, infer_split, open_split


def infer(request: Request) -> Facts:
    """Option: `split`. Precision is read back as on the hardware; no time of it means anything."""
    target, emulator = request.target, request.emulator
    if target is None or emulator is None:
        raise ValueError("a request to emulate names a target and an emulator")
    with EmulatedSession(request.input("artifact"), target.text("architecture"), emulator) as session:
        notes = [*infer_split(request, session.outputs, session.run), *_notes(emulator, target.text("cpu"))]
        common: Facts = {"placement": {"cpu": 1.0}, "details": {"emulator": emulator.facts()}}
        try:
            dispatches = session.watch(open_split(request).head(samples=1)[0].inputs)
        except NoProfile as error:
            return {**common, **DECLARED, "notes": [*notes, str(error)]}
    shares = {name: {**share, "time": None} for name, share in precision_shares(dispatches).items()}
    return {**common, "executedPrecision": shares, "precisionEvidence": "executed", "notes": notes}


def _notes(emulator: Emulator, cpu: str) -> list[str]:
    """What a user should know of how it was run; `cpu` is the target's."""
    notes = [f"run by {emulator.title} as {emulator.cpu}, with {emulator.libc}: no speed was measured"]
    if emulator.cpu == "max":
        notes.append(f"{emulator.title} knows no CPU like {cpu}: as `max` it has every instruction, also those that {cpu} lacks")
    return notes
