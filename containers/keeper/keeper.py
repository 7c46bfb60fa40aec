"""Process 1 of a container: starts commands one at a time, ends all that is left of each, and ends with Fettle.

Reads JSON lines on standard input: ``{"start": {"argv", "env", "stdin", "mark", "wipe"}}``, ``{"input": text}``,
``{"endInput": true}``, ``{"stop": true}``. A command's standard output and error are the container's own; what the keeper itself
says there begins with a zero byte and the mark that came with the start, which no command can know or read.

Standard input at its end means that Fettle is gone, however it ended: every process is killed and the container ends.
Runs on Python 3.8 and newer, with the standard library alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
from typing import Any, Dict, List, Optional

PR_SET_DUMPABLE = 4
WORKSPACE = "/workspace"
# Writable places besides the workspace: emptied after each command, so that none finds what another left.
SCRATCH = ("/tmp", "/home/fettle", "/dev/shm", "/var/tmp", "/run")


class Keeper:
    """At most one command at a time."""

    def __init__(self) -> None:
        self.command: Optional[subprocess.Popen[bytes]] = None
        self.mark = ""
        self.wipe = False

    def start(self, order: Dict[str, Any]) -> None:
        self.mark = order["mark"]
        self.wipe = order["wipe"]
        stdin = subprocess.PIPE if order["stdin"] else subprocess.DEVNULL
        try:
            self.command = subprocess.Popen(order["argv"], env=order["env"], cwd=WORKSPACE, stdin=stdin, start_new_session=True)
        except OSError as error:
            os.write(2, f"{order['argv'][0]}: {error.strerror}\n".encode())
            self.tell_end(127 if isinstance(error, FileNotFoundError) else 126)

    def input(self, text: str) -> None:
        if self.command is None or self.command.stdin is None:
            return
        try:
            self.command.stdin.write(text.encode())
            self.command.stdin.flush()
        except OSError:
            # It stopped reading: its end says why.
            pass

    def end_input(self) -> None:
        if self.command is not None and self.command.stdin is not None:
            with contextlib.suppress(OSError):
                self.command.stdin.close()

    def reap(self) -> None:
        """Takes in whatever has ended; the command's own end brings everything else to an end."""
        while True:
            ended = next_ended()
            if ended is None:
                return
            if self.command is None or ended != self.command.pid:
                os.waitpid(ended, 0)
                continue
            code = self.command.wait()
            self.end_input()
            kill_all()
            self.command = None
            self.tell_end(code)

    def tell_end(self, code: int) -> None:
        if self.wipe:
            wipe_scratch()
        say(2, self.mark, {"ended": True})
        say(1, self.mark, {"ended": True, "code": code})


def say(descriptor: int, mark: str, message: Dict[str, Any]) -> None:
    line = b"\0" + mark.encode() + json.dumps(message).encode() + b"\n"
    while line:
        line = line[os.write(descriptor, line) :]


def kill_all() -> None:
    """Ends every process but this one; forks that race with it are met again until none is left."""
    while others():
        try:
            os.kill(-1, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        take_in_ended()


def others() -> List[int]:
    # A process in another user's hands cannot exist here: there are no powers to change users.
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def take_in_ended() -> None:
    while True:
        ended = next_ended()
        if ended is None:
            return
        os.waitpid(ended, 0)


def next_ended() -> Optional[int]:
    """A process that waits to be taken in, without taking it in."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if ended is None else ended.si_pid


def wipe_scratch() -> None:
    for folder in SCRATCH:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            remove(os.path.join(folder, name))


def remove(path: str) -> None:
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    except OSError:
        pass


def hide() -> None:
    """Other processes of this user may not look into this one's memory or descriptors, where the marks are."""
    if ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise SystemExit("the keeper cannot hide its memory")


def wake_on_children() -> int:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda _number, _frame: leave())
    return reading


def leave() -> None:
    kill_all()
    os._exit(0)


def obey(keeper: Keeper, order: Dict[str, Any]) -> None:
    if "start" in order:
        keeper.start(order["start"])
    elif "input" in order:
        keeper.input(order["input"])
    elif "endInput" in order:
        keeper.end_input()
    elif "stop" in order and keeper.command is not None:
        keeper.command.kill()


def main() -> None:
    hide()
    woken = wake_on_children()
    keeper = Keeper()
    say(1, "", {"ready": True})
    rest = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            drain(woken)
            keeper.reap()
        if 0 in ready:
            chunk = os.read(0, 1 << 16)
            if not chunk:
                leave()
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                obey(keeper, json.loads(line))


def drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        pass


if __name__ == "__main__":
    main()
