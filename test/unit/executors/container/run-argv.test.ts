import { describe, expect, test } from "vitest";
import { type ContainerRequest, runArgv } from "../../../../src/executors/container/run-argv.ts";

const ALL = { memory: true, processes: true, processors: true };

function request(changes: Partial<ContainerRequest> = {}): ContainerRequest {
  return {
    engine: { name: "podman", version: "4.3.1", enforces: ALL },
    container: "fettle-1-2-3-abcd",
    image: "sha256:aa",
    python: "/opt/fettle/venv/bin/python",
    user: { uid: 1000, gid: 1000, keepId: true, handOver: false },
    workspace: "/store/tmp/run/compile-1",
    mounts: [{ source: "/store/objects/ab/files", target: "/workspace/in/model" }],
    devices: [],
    limits: { memoryBytes: 1000, processes: 64, fileBytes: 9000, processors: "0-3,8", files: 1024, userProcesses: 4096 },
    selinux: false,
    idFile: "/tmp/id",
    ...changes,
  };
}

/** The value of each option that is given once or more. */
function values(argv: readonly string[], option: string): string[] {
  return argv.flatMap((word, index) => (word === option ? [argv[index + 1] ?? ""] : []));
}

test("the whole line, rootless podman", () => {
  expect(runArgv(request()).join(" ")).toBe(
    "run --rm --interactive --pull never --log-driver none --name fettle-1-2-3-abcd --label dev.fettle.owned --cidfile /tmp/id " +
      "--network none --hostname fettle --read-only --cap-drop ALL --security-opt no-new-privileges --user 1000:1000 --userns keep-id " +
      "--memory 1000 --memory-swap 1000 --pids-limit 64 --cpuset-cpus 0-3,8 --ulimit fsize=9000:9000 --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 " +
      "--tmpfs /tmp:rw,exec,nosuid,nodev,mode=1777,size=500 --tmpfs /home/fettle:rw,exec,nosuid,nodev,mode=1777,size=500 " +
      "--mount type=bind,source=/store/tmp/run/compile-1,target=/workspace " +
      "--mount type=bind,source=/store/objects/ab/files,target=/workspace/in/model,readonly " +
      "--workdir /workspace --entrypoint /opt/fettle/venv/bin/python sha256:aa -I -S /fettle/keeper.py",
  );
});

test("docker as root: no podman words, nobody special", () => {
  const argv = runArgv(
    request({
      engine: { name: "docker", version: "20.10.24", enforces: ALL },
      user: { uid: 65534, gid: 65534, keepId: false, handOver: true },
    }),
  );
  expect(values(argv, "--user")).toEqual(["65534:65534"]);
  expect(argv).not.toContain("--userns");
  expect(values(argv, "--ulimit")).toEqual(["fsize=9000:9000"]);
});

test.each([
  ["memory", "--memory"],
  ["processes", "--pids-limit"],
  ["processors", "--cpuset-cpus"],
] as const)("a limit on %s that the engine ignores is not asked for", (limit, option) => {
  const engine = { name: "podman", version: "4.3.1", enforces: { ...ALL, [limit]: false } } as const;
  expect(values(runArgv(request({ engine })), option)).toEqual([]);
});

test("paths with commas and quotes stay one field", () => {
  const argv = runArgv(request({ mounts: [{ source: '/a,b "c"', target: "/workspace/in/x" }] }));
  expect(values(argv, "--mount").at(-1)).toBe('type=bind,"source=/a,b ""c""",target=/workspace/in/x,readonly');
});

test("SELinux is told to leave mounts alone only where there is SELinux", () => {
  expect(values(runArgv(request({ selinux: true })), "--security-opt")).toEqual(["no-new-privileges", "label=disable"]);
});

describe("devices", () => {
  const gpu = { kind: "cdi", name: "nvidia.com/gpu=GPU-8f6c" } as const;
  const engines = {
    podman: { name: "podman", version: "4.3.1", enforces: ALL },
    oldDocker: { name: "docker", version: "20.10.24", enforces: ALL },
    newDocker: { name: "docker", version: "28.2.2", enforces: ALL },
  } as const;

  test.each([
    ["podman", gpu, "--device", "nvidia.com/gpu=GPU-8f6c"],
    ["newDocker", gpu, "--device", "nvidia.com/gpu=GPU-8f6c"],
    ["oldDocker", gpu, "--gpus", '"device=GPU-8f6c"'],
    ["oldDocker", { kind: "cdi", name: "nvidia.com/gpu=all" }, "--gpus", "all"],
    ["oldDocker", { kind: "cdi", name: "vendor.com/ipu=0" }, "--device", "vendor.com/ipu=0"],
    ["podman", { kind: "node", path: "/dev/dri/renderD128" }, "--device", "/dev/dri/renderD128:/dev/dri/renderD128:rw"],
    ["newDocker", { kind: "node", path: "/dev/ipu0" }, "--device", "/dev/ipu0:/dev/ipu0:rw"],
  ] as const)("%s: %j", (engine, device, option, value) => {
    expect(values(runArgv(request({ engine: engines[engine], devices: [device] })), option)).toEqual([value]);
  });

  test("an IPU's four nodes are four devices", () => {
    const devices = ["/dev/ipu0", "/dev/ipu0_ex", "/dev/ipu0_mailbox", "/dev/ipu0_mem"].map((path) => ({ kind: "node", path }) as const);
    expect(values(runArgv(request({ devices })), "--device")).toHaveLength(4);
  });
});
