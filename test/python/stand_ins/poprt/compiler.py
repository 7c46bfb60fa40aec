from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recording import record


class CompilerOptions:
    pass


class Compiler:
    @staticmethod
    def compile_and_export(model: bytes, outputs: Sequence[str], filename: str, options: CompilerOptions) -> None:
        record("compile_and_export", outputs=list(outputs), options=vars(options))
        Path(filename).write_bytes(model)
