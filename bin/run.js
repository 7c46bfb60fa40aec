#!/usr/bin/env node
// No new syntax before the version check, so that an old Node can read it and say what is wrong.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(`fettle: Node 24 or newer is needed; this is Node ${process.versions.node}. Install it, or set FETTLE_NODE to its path.`);
  process.exit(3);
}
// Compiled code is kept by Node between runs; it saves a good part of each start.
const { enableCompileCache } = await import("node:module");
enableCompileCache();

const { main } = await import("../lib/main.js");
await main();
