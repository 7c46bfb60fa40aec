/**
 * The hostile programs: Python, with the standard library alone, so that they run in any environment. Each tells what it got as JSON
 * lines. `ARGS` holds what the test gives.
 */

const PRELUDE = `
import ctypes, json, os, signal, socket, sys, time
ARGS = json.loads(sys.argv[1])
def tell(**what): print(json.dumps(what), flush=True)
def attempt(name, action):
    try:
        tell(did=name, value=action())
    except Exception as error:
        print(f"{name}: {error}", file=sys.stderr)
`;

const program = (text: string) => PRELUDE + text;

export const READ_FILES = program(`
for path in ARGS["paths"]:
    attempt(path, lambda: open(path).read())
`);

export const WRITE_FILES = program(`
for path in ARGS["paths"]:
    attempt(path, lambda: open(path, "w").write(ARGS["text"]))
    attempt("link to " + path, lambda: (os.symlink(path, "out/link"), open("out/link", "w").write(ARGS["text"])) and None)
`);

/** By every way there is from a path to another content. */
export const SPOIL_FILES = program(`
import shutil
for path in ARGS["paths"]:
    folder = os.path.dirname(path)
    attempt("write", lambda: open(path, "r+b").write(b"spoiled"))
    attempt("hard link", lambda: (os.link(os.path.realpath(path), "out/hard"), os.chmod("out/hard", 0o666), open("out/hard", "r+b").write(b"spoiled")) and None)
    attempt("chmod", lambda: (os.chmod(path, 0o666), open(path, "r+b").write(b"spoiled")) and None)
    attempt("by descriptor", lambda: os.open("/proc/self/fd/%d" % os.open(path, os.O_RDONLY), os.O_RDWR))
    attempt("replace", lambda: (os.chmod(folder, 0o777), os.unlink(path), open(path, "w").write("spoiled")) and None)
    attempt("rename", lambda: os.rename(folder, folder + ".old"))
    attempt("remount", lambda: ctypes.CDLL(None).mount(b"none", folder.encode(), None, 32 | 4096, None))
`);

/** The same to the Python it runs in: only for environments that are nobody else's. */
export const SPOIL_LIBRARY = program(`
for path in (os.__file__, sys.executable):
    attempt("write", lambda: open(path, "r+b").close())
    attempt("chmod", lambda: os.chmod(path, 0o777))
    attempt("beside", lambda: open(os.path.join(os.path.dirname(path), "stray"), "w").close())
`);

export const CONNECT = program(`
def tcp(host, port): socket.create_connection((host, port), 3).sendall(b"x")
def udp(host, port): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, port))
def unix(path):
    s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect(path); s.sendall(b"x")
for host, port in ARGS.get("tcp", []): attempt("tcp", lambda: tcp(host, port))
for host, port in ARGS.get("udp", []): attempt("udp", lambda: udp(host, port))
for path in ARGS.get("unix", []): attempt("unix", lambda: unix(path.replace("@", "\\0", 1) if path.startswith("@") else path))
`);

export const HARM_PROCESS = program(`
attempt("trace", lambda: ctypes.CDLL(None).ptrace(16, ARGS["pid"], 0, 0))
attempt("memory", lambda: open("/proc/%d/mem" % ARGS["pid"], "r+b").fileno())
attempt("kill", lambda: os.kill(ARGS["pid"], signal.SIGKILL))
`);

/** Kills what started it, as far as it can see that. */
export const KILL_SUPERVISOR = program(`
parent = os.getppid()
tell(parent=parent)
os.kill(parent, signal.SIGKILL)
time.sleep(0.2)
os.kill(1, signal.SIGKILL)
`);

export const LIST_PROCESSES = program(`
for name in filter(str.isdigit, os.listdir("/proc")):
    attempt("saw", lambda: open(f"/proc/{name}/cmdline").read())
`);

export const LEAVE_SHARED_MEMORY = program(`
libc = ctypes.CDLL(None, use_errno=True)
tell(id=libc.shmget(ARGS["key"], 4096, 0o1666))
`);

/** Opens only: nothing is written. */
export const OPEN_PATHS = program(`
flags = {"read": os.O_RDONLY, "write": os.O_WRONLY}[ARGS["how"]] | os.O_NONBLOCK
for path in ARGS["paths"]:
    def act():
        descriptor = os.open(path, flags)
        if ARGS["how"] == "read": os.pread(descriptor, 16, 1 << 12)
        return path
    attempt("opened", act)
`);

export const GAIN_POWERS = program(`
libc = ctypes.CDLL(None, use_errno=True)
def check(value):
    if value != 0: raise OSError(ctypes.get_errno(), "refused")
attempt("mount", lambda: check(libc.mount(b"tmpfs", b"/mnt", b"tmpfs", 0, None)))
attempt("block device", lambda: os.mknod("out/disk", 0o60666, os.makedev(254, 0)))
attempt("memory device", lambda: os.mknod("out/mem", 0o20666, os.makedev(1, 1)))
attempt("chroot", lambda: os.chroot("/"))
attempt("user", lambda: os.setuid(1 if os.getuid() == 0 else 0))
attempt("owner", lambda: os.chown("out", 1, 1))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -10))
attempt("hostname", lambda: socket.sethostname("taken"))
attempt("clock", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
for line in open("/proc/self/status"):
    if line.startswith(("CapEff", "CapPrm", "NoNewPrivs")): tell(status=line.strip())
`);

export const LIST_DESCRIPTORS = program(`
found = {}
for name in os.listdir("/proc/self/fd"):
    try: found[name] = os.readlink("/proc/self/fd/" + name)
    except OSError: pass
tell(descriptors=found)
`);

/** A process with a parent, session, group and, where it is asked for, environment of its own. It is over after 30 seconds in any case. */
export const LEAVE_DAEMON = program(`
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    words = [sys.executable, "-c", "import os, time; open(%r, 'w').write(str(os.getpid())); time.sleep(30)" % os.path.abspath("out/pid")]
    for descriptor in (0, 1, 2): os.dup2(os.open("/dev/null", os.O_RDWR), descriptor)
    for descriptor in range(3, 20):
        try: os.set_inheritable(descriptor, True)
        except OSError: pass
    os.execve(words[0], words, {} if ARGS["hide"] else dict(os.environ))
while not os.path.exists("out/pid") or not open("out/pid").read(): time.sleep(0.01)
`);

/** Over by itself after 15 seconds, whatever holds it. */
export const FORK_BOMB = program(`
end = time.monotonic() + 15
tell(started=True)
while time.monotonic() < end:
    try:
        if os.fork() == 0 and ARGS["leave"]: os.setsid()
    except OSError: time.sleep(0.01)
`);

export const EAT_MEMORY = program(`
for _ in range(40):
    if os.fork() == 0:
        own = bytearray(os.urandom(4096)) * (10 * 256)
        time.sleep(15)
        os._exit(0)
time.sleep(15)
`);

/** 300 MB as a file of memory; tells by how much the machine's shared memory grew. */
export const EAT_SHARED_MEMORY = program(`
def shared(): return next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("Shmem:")) / 1e3
block = os.urandom(1 << 20)
before = shared()
if ARGS["how"] == "memfd":
    file = os.fdopen(os.memfd_create("hidden"), "wb")
else:
    name = "/dev/shm/fettle-hostile-%d" % time.time_ns()
    file = open(name, "wb")
    os.unlink(name)
for _ in range(300): file.write(block)
file.flush()
time.sleep(0.5)
tell(grown=shared() - before)
`);

export const FLOOD = program(`
block = b"x" * (1 << 20)
for _ in range(512):
    os.write(1, block)
    os.write(2, block)
`);

export const LARGE_FILE = program(`
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open("out/large", "wb") as file:
    try: file.truncate(100 * 10**9)
    except OSError as error: tell(refused=error.strerror)
    try: os.pwrite(file.fileno(), b"x", 100 * 10**9)
    except OSError as error: tell(refused=error.strerror)
`);

export const GIVE_LEASE_BACK = program(`
import fcntl
for name in os.listdir("/proc/self/fd"):
    try:
        if int(name) > 2: fcntl.flock(int(name), fcntl.LOCK_UN)
    except OSError: pass
tell(done=True)
time.sleep(30)
`);
