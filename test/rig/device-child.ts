// A Fettle that leases the CPU exclusively and hands the lease to a tool that outlives it. Says `leased`, then the tool's process id.
import { spawn } from "node:child_process";
import { HostDevices } from "../../src/devices/host-devices.ts";

const lease = await new HostDevices(process.argv[2]).acquire("cpu", "exclusive", { signal: new AbortController().signal });
if (!lease.ok) throw new Error(lease.error.message);
const tool = spawn("sleep", ["600"], { stdio: ["ignore", "ignore", "ignore", lease.value.descriptor], detached: true });
process.stdout.write(`leased\n${tool.pid}\n`);
