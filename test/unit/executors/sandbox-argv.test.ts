import { expect, test } from "vitest";
import { bubblewrapArgv } from "../../../src/executors/sandbox/bubblewrap-argv.ts";
import { namespacesArgv } from "../../../src/executors/sandbox/namespaces-argv.ts";
import { processArgv } from "../../../src/executors/sandbox/process-argv.ts";

const folders = {
  temporary: "/w/.sandbox/tmp",
  shared: "/w/.sandbox/shm",
  home: "/w/.sandbox/home",
  passwd: "/w/p",
  group: "/w/g",
  hosts: "/w/h",
};

test("the whole bubblewrap command line, in its order", () => {
  const argv = bubblewrapArgv({
    devices: ["/dev/nvidia0"],
    host: { shown: ["/usr", "/etc/alternatives"], links: [{ path: "/lib64", target: "usr/lib64" }] },
    interpreter: ["/pyenv/3.12.1", "/store/env"],
    workspace: "/store/work/7/compile-1",
    mounts: [{ source: "/store/trees/ab/files", at: "in/model" }],
    shown: ["/usr/bin/qemu-aarch64", "/lib64/ld.so", "/opt/arm/lib", "/usrlocal"],
    folders,
  });
  expect(argv.join(" ")).toBe(
    [
      "bwrap --symlink usr/lib64 /lib64 --ro-bind /usr /usr --ro-bind /etc/alternatives /etc/alternatives --proc /proc --dev /dev",
      "--bind /w/.sandbox/shm /dev/shm --dev-bind /dev/nvidia0 /dev/nvidia0",
      "--bind /w/.sandbox/tmp /tmp --bind /w/.sandbox/home /home/fettle",
      "--ro-bind /w/p /etc/passwd --ro-bind /w/g /etc/group --ro-bind /w/h /etc/hosts",
      "--bind /store/work/7/compile-1 /workspace --ro-bind /pyenv/3.12.1 /pyenv/3.12.1 --ro-bind /store/env /store/env",
      "--ro-bind /opt/arm/lib /opt/arm/lib --ro-bind /usrlocal /usrlocal",
      "--ro-bind /store/trees/ab/files /workspace/in/model",
      "--remount-ro /proc --remount-ro /dev --remount-ro / --chdir /workspace --unshare-user --uid 65534 --gid 65534",
      "--unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try --hostname fettle",
      '--cap-drop ALL --new-session --die-with-parent --as-pid-1 -- sh -c "$@"; exit $? sh',
    ].join(" "),
  );
});

test("the user's form of unshare", () => {
  expect(namespacesArgv("user").join(" ")).toBe(
    'setpriv --pdeathsig KILL -- unshare --user --map-user=65534 --map-group=65534 --net --ipc --uts --pid --mount --mount-proc --fork --kill-child=SIGKILL -- setpriv --no-new-privs -- sh -c "$@"; exit $? sh',
  );
});

test("root's form of unshare keeps the user and takes the powers", () => {
  expect(namespacesArgv("root").join(" ")).toBe(
    'setpriv --pdeathsig KILL -- unshare --net --ipc --uts --pid --mount --mount-proc --fork --kill-child=SIGKILL -- setpriv --no-new-privs --inh-caps=-all --bounding-set=-all -- sh -c "$@"; exit $? sh',
  );
});

test("a plain process", () => {
  expect(processArgv(true, false).join(" ")).toBe("setpriv --pdeathsig KILL --no-new-privs --");
  expect(processArgv(true, true).join(" ")).toBe("setpriv --pdeathsig KILL --no-new-privs --inh-caps=-all --bounding-set=-all --");
  expect(processArgv(false)).toEqual([]);
});
