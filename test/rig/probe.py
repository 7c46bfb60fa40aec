"""Looks from inside at how it is shut in, and says so as one JSON line."""

import json
import os
import socket


def can_write(path: str) -> bool:
    try:
        with open(path, "w"):
            pass
    except OSError:
        return False
    os.unlink(path)
    return True


def status() -> dict:
    with open("/proc/self/status") as lines:
        return dict(line.rstrip().split(":\t", 1) for line in lines if ":\t" in line)


def limit(*places: str) -> int:
    """The limit that this container's control group says, of version 1 or 2 of the kernel's control groups."""
    for place in places:
        try:
            with open("/sys/fs/cgroup/" + place) as file:
                return int(file.read())
        except OSError:
            continue
    return -1


def reach(address: tuple) -> str:
    try:
        socket.create_connection(address, 2).close()
    except OSError as error:
        return type(error).__name__ + ": " + str(error.strerror)
    return "connected"


own = status()
print(
    json.dumps(
        {
            "uid": os.getuid(),
            "gid": os.getgid(),
            "groups": os.getgroups(),
            "capabilities": [own["CapEff"].strip(), own["CapPrm"].strip(), own["CapBnd"].strip(), own["CapAmb"].strip()],
            "noNewPrivileges": own["NoNewPrivs"].strip(),
            "seccomp": own["Seccomp"].strip(),
            "interfaces": sorted(name for _, name in socket.if_nameindex()),
            "network": reach(("192.0.2.1", 80)),
            "writable": [
                path
                for path in ["/", "/etc", "/usr", "/opt", "/var", "/root", "/in", "/fettle", "/workspace/in/data", "/proc/sys/kernel"]
                if can_write(os.path.join(path, "probe"))
            ],
            "workspace": can_write("/workspace/probe") and can_write("/workspace/out/probe"),
            "scratch": [can_write(os.path.join(path, "probe")) for path in ["/tmp", os.environ["HOME"]]],
            "devices": sorted(os.listdir("/dev")),
            "disks": [name for name in ("sda", "vda", "nvme0n1", "mem", "kmem", "kvm") if os.path.exists("/dev/" + name)],
            "first": open("/proc/1/cmdline").read().split("\0")[-2],
            "processors": len(os.sched_getaffinity(0)),
            "socket": [path for path in ("/var/run/docker.sock", "/run/podman/podman.sock") if os.path.exists(path)],
            "host": os.uname().nodename,
            "processes": limit("pids/pids.max", "pids.max"),
            "memory": limit("memory/memory.limit_in_bytes", "memory.max"),
        }
    )
)
