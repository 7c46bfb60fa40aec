"""What a plan is bound to. TensorRT itself would find out too, but only by loading it, and in words that say little."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fettle_worker import WorkerError


@dataclass(frozen=True)
class Fit:
    """What a plan needs where it runs, or what is there."""

    #: In the words of target files: `sm_89`.
    architecture: str
    #: Of the runtime; a plan is for the very version that made it.
    version: str
    #: `580.65.06`: the oldest driver it is known to load under, which is the one it was made under. None: not tied to one, or unknown.
    driver: str | None

    def document(self) -> dict[str, str | None]:
        return asdict(self)

    def required_device(self) -> dict[str, object]:
        """`requires.device` of a compile's facts."""
        return {"device": "gpu", "vendor": "nvidia", "architectures": [self.architecture], "driver": self.driver}


def check_fit(needs: Fit, has: Fit, product: str) -> None:
    """Raises WorkerError `toolchain-error` with what does not fit. `product` is what the user calls the runtime."""
    if has.architecture != needs.architecture:
        raise _misfit(f"the plan is for {needs.architecture} and this GPU is {has.architecture}: {product} would not load it")
    if has.version != needs.version:
        message = f"the plan was made by {product} {needs.version} and {has.version} is here, which would not load it"
        raise _misfit(message, f"compile it with {has.version}, or run it with {needs.version}")
    if needs.driver is not None and has.driver is not None and _ordered(has.driver) < _ordered(needs.driver):
        message = f"the plan was made under NVIDIA's driver {needs.driver} and {has.driver}, which is older, is here"
        raise _misfit(message, f"install driver {needs.driver} or newer, or compile the plan on this machine")


def _misfit(message: str, hint: str | None = None) -> WorkerError:
    return WorkerError("toolchain-error", message, {} if hint is None else {"hint": hint})


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
