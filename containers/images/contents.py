"""Says, as one JSON document, what an environment holds and which files are not as their packages brought them."""

import base64
import hashlib
import json
import platform
import re
from importlib.metadata import PackagePath, distributions


def is_damaged(file: PackagePath) -> bool:
    """Whether a file's bytes are not those of its package's record, which has no hash of what is made later (byte code)."""
    if file.hash is None:
        return False
    digest = hashlib.new(file.hash.mode)
    try:
        with open(str(file.locate()), "rb") as content:
            for block in iter(lambda: content.read(1 << 20), b""):
                digest.update(block)
    except OSError:
        return True
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode() != file.hash.value


def main() -> None:
    """Looks at every installed package."""
    installed: dict[str, str] = {}
    damaged: list[str] = []
    count = 0
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        installed[name] = distribution.version
        files = distribution.files or []
        count += len(files)
        damaged += [str(file) for file in files if is_damaged(file)]
    print(json.dumps({"python": platform.python_version(), "installed": installed, "files": count, "damaged": sorted(damaged)}))


main()
