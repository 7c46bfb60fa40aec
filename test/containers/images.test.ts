import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EnvironmentHandle, EnvironmentSpec } from "../../src/domain/environment.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { Result } from "../../src/domain/result.ts";
import { type Engine, runEngine } from "../../src/executors/container/engine.ts";
import { fetchImage } from "../../src/executors/images/fetch-image.ts";
import { imageTag, LABELS } from "../../src/executors/images/image-layout.ts";
import type { ImageSite } from "../../src/executors/images/image-site.ts";
import { listImages } from "../../src/executors/images/list-images.ts";
import { loadImage } from "../../src/executors/images/load-image.ts";
import { pushImage } from "../../src/executors/images/push-image.ts";
import { saveImage } from "../../src/executors/images/save-image.ts";
import { verifyImage } from "../../src/executors/images/verify-image.ts";
import { startChild } from "../rig/child.ts";
import { NEVER } from "../rig/commands.ts";
import { BASE_IMAGE, enginesHere } from "../rig/engines.ts";
import { imageSite, type SiteChanges } from "../rig/image-environments.ts";
import { type Registry, startRegistry } from "../rig/registry.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

/** One small package, as the built-in locks have it. */
const PACKAGE = entryOf("typing-extensions");
const LOCK = `${PACKAGE}\n`;

const engines = await enginesHere();
const site = (engine: Engine, changes: SiteChanges = {}) => imageSite(engine, { base: BASE_IMAGE, env: process.env, ...changes });

describe.each([...engines])("%s", (_, engine) => {
  test("an image is built once, holds exactly the lock, and is found by whoever comes next", async () => {
    const spec = toolchain(LOCK);
    const here = site(engine);
    const made = await ensured(here, spec);
    expect(made).toMatchObject({ root: "/opt/fettle/venv", python: expect.stringMatching(/^3\.\d+\.\d+$/), image: { pinned: null } });
    expect(await ensured(site(engine), spec)).toEqual(made);
    expect(await verifyImage(here, spec)).toMatchObject({ ok: true, value: { packages: 1, problems: [] } });
    const [row] = await listImages(here, [spec]);
    expect(row).toMatchObject({ name: "toy", state: "made", identity: made.digest, id: made.image?.id });
    expect(row?.base).toMatch(new RegExp(`^${BASE_IMAGE}@sha256:`));
    const changed = { ...toolchain(`${LOCK}# changed\n`) };
    expect((await listImages(here, [changed])).filter(({ name }) => name === "toy").map(({ state }) => state)).toContain("stale");
  });

  test("nothing of pip's settings or the certificate authority stays in it", async () => {
    const ca = join(scratchFolder("ca"), "ca.pem");
    const own = process.env.SSL_CERT_FILE ?? "/etc/ssl/certs/ca-certificates.crt";
    writeFileSync(ca, `# SECRET-AUTHORITY\n${readFileSync(own, "utf8")}`);
    const env = { ...process.env, FETTLE_CA: ca, PIP_EXTRA_INDEX_URL: "https://user:SECRET-PASSWORD@localhost:1/simple" };
    const spec = toolchain(`${LOCK}# with secrets\n`);
    const made = await ensured(site(engine, { env }), spec);
    const id = made.image?.id ?? "";
    const inspected = await runEngine(engine, ["image", "inspect", id], { signal: NEVER });
    const history = await runEngine(engine, ["history", "--no-trunc", id], { signal: NEVER });
    const inside = await runEngine(
      engine,
      [
        "run",
        "--rm",
        "--network",
        "none",
        "--user",
        "0",
        "--ulimit",
        "nofile=1024:1024",
        "--ulimit",
        "nproc=512:512",
        "--entrypoint",
        "/bin/sh",
        id,
      ].concat(["-c", "grep -rls SECRET- /opt /root /tmp /run /etc /home /var 2>/dev/null; ls -A /run/secrets 2>/dev/null; echo done"]),
      { signal: NEVER },
    );
    expect(inside.stdout).toBe("done\n");
    expect(inspected.stdout + history.stdout).not.toContain("SECRET-");
  });

  test("a package whose bytes are not the lock's is refused, and leaves no image", async () => {
    const spec = toolchain(LOCK.replaceAll(/--hash=sha256:[0-9a-f]{8}/g, "--hash=sha256:00000000"));
    const here = site(engine);
    const made = await here.environments.ensure(spec, { signal: NEVER });
    expect(made).toMatchObject({ ok: false, error: { message: expect.stringContaining("wrong hash"), log: expect.any(String) } });
    expect(await listImages(here, [spec])).toContainEqual(expect.objectContaining({ name: "toy", state: "missing" }));
  });

  test("a base that no registry has is told with what would mend it", async () => {
    const base = `${registry()}/none/base@sha256:${"0".repeat(64)}`;
    const made = await site(engine, { base }).environments.ensure(toolchain(LOCK), { signal: NEVER });
    expect(made).toMatchObject({
      ok: false,
      error: {
        message: `${engine.name} could not pull the base image ${base}: the registry has no image of that digest.`,
        hint: expect.stringContaining("make-base.sh"),
      },
    });
  });

  test("a build that is stopped leaves nothing behind, and the next one makes it", async () => {
    const spec = toolchain(`${LOCK}# stopped ${Date.now()}\n`);
    const root = join(scratchFolder("store"), "store");
    const child = startChild("image-child.ts", [engine.name, root, spec.lock, BASE_IMAGE]);
    for (let line = await child.line(); line !== null && !line.includes("Collecting"); line = await child.line());
    child.kill("SIGTERM");
    let last: string | null = null;
    for (let line = await child.line(); line !== null; line = await child.line()) last = line;
    expect(last).toBe("failed interrupted");
    expect((await listImages(site(engine), [spec])).filter(({ name, state }) => name === "toy" && state === "made")).toEqual([]);
    const left = await runEngine(engine, engine.name === "podman" ? ["ps", "--all", "--external"] : ["ps", "--all"], { signal: NEVER });
    expect(left.stdout).not.toMatch(/working-container/);
    const here = site(engine, { root });
    expect(await listImages(here, [spec])).toContainEqual(expect.objectContaining({ name: "toy", state: "missing" }));
    expect((await ensured(here, spec)).image).not.toBeNull();
  });

  test("a file that somebody changed in an image, and one package too many, are found", async () => {
    const spec = toolchain(`${LOCK}# damaged\n`);
    const here = site(engine);
    const made = await ensured(here, spec);
    const folder = scratchFolder("damage");
    const packages = "/opt/fettle/venv/lib/python3*/site-packages";
    const steps = [
      `FROM ${imageTag("toy", made.digest)}`,
      "USER 0",
      `RUN echo '# changed' >> $(ls ${packages}/typing_extensions.py)`,
      `RUN mkdir $(ls -d ${packages})/extra-1.0.dist-info && printf 'Name: extra\\nVersion: 1.0\\n' > $(ls -d ${packages})/extra-1.0.dist-info/METADATA`,
    ];
    writeFileSync(join(folder, "Containerfile"), `${steps.join("\n")}\n`);
    const words = ["build", "--tag", imageTag("toy", made.digest), "--file", join(folder, "Containerfile"), folder];
    const built = await runEngine(engine, words, { signal: NEVER });
    expect(built.code).toBe(0);
    const verdict = await verifyImage(here, spec);
    expect(verdict.ok && verdict.value.problems).toEqual([
      "it has extra 1.0, which the lock has not",
      expect.stringContaining("typing_extensions.py is not as its package brought it"),
    ]);
    await runEngine(engine, ["rmi", imageTag("toy", made.digest)], { signal: NEVER });
  });

  test("a maker's image is pulled by its digest and run as it is", async () => {
    const pushed = await pushedImage(engine);
    const name = pushed.slice(0, pushed.indexOf("@"));
    const here = site(engine, { base: null });
    const spec = { ...toolchain(LOCK), image: pushed };
    expect(await ensured(here, spec)).toMatchObject({ root: "/opt/fettle/venv", image: { pinned: pushed } });
    const unknown = await here.environments.ensure({ ...spec, image: `${name}@sha256:${"1".repeat(64)}` }, { signal: NEVER });
    expect(unknown).toMatchObject({ ok: false, error: { message: expect.stringContaining("the registry has no image of that digest") } });
    expect(await pushImage(here, spec, `${registry()}/x`)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("not Fettle's to push") },
    });
  });
});

/** Pairs of engines: what one makes, the other takes. */
const pairs = [...engines].flatMap(([from, source]) => [...engines].map(([to, target]) => ({ from, to, source, target })));

describe.each(pairs)("from $from to $to", ({ from, source, target }) => {
  test("an image goes through a registry by digest, keeps its id, and is refused where something else would be built", async () => {
    const spec = toolchain(`${LOCK}# from ${from}\n`);
    const made = await ensured(site(source), spec);
    const pinned = value(await pushImage(site(source), spec, `${registry()}/team/fettle`));
    expect(pinned).toMatch(/^127\.0\.0\.1:\d+\/team\/fettle\/toy@sha256:[0-9a-f]{64}$/);
    await forget(target, made);
    const there = site(target);
    expect(value(await fetchImage(there, spec, { pinned }))).toBe(pinned);
    const taken = await ensured(there, spec);
    expect(taken).toEqual({ ...made, image: { id: made.image?.id, pinned } });
    expect(await there.environments.describe(spec)).toMatchObject({ pinned });
    await forget(target, made);
    expect(value(await fetchImage(site(target), spec, { registry: `${registry()}/team/fettle` }))).toBe(pinned);
    const other = await fetchImage(site(target), toolchain(`${LOCK}# other\n`), { pinned });
    expect(other).toMatchObject({
      ok: false,
      error: { reason: "hash-mismatch", message: expect.stringContaining("built from other files") },
    });
  });

  test("an image goes through a file, keeps its id and where it came from, and one damaged bit is found", async () => {
    const spec = toolchain(`${LOCK}# from ${from}\n`);
    const here = site(source);
    const made = await ensured(here, spec);
    const pinned = value(await pushImage(here, spec, `${registry()}/archive`));
    const file = value(await saveImage(here, spec, scratchFolder("stick")));
    await forget(target, made);
    const there = site(target);
    const specs = new Map([["toy", spec]]);
    expect(value(await loadImage(there, specs, file))).toEqual({ name: "toy", id: made.image?.id, pinned });
    expect(await ensured(there, spec)).toMatchObject({ digest: made.digest, image: { id: made.image?.id, pinned } });
    expect(await verifyImage(there, spec)).toMatchObject({ ok: true, value: { problems: [] } });
    const damaged = join(scratchFolder("damaged"), "toy.tar");
    copyFileSync(file, damaged);
    const bytes = readFileSync(damaged);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 20_000) ^ 1, bytes.length - 20_000);
    writeFileSync(damaged, bytes);
    expect(await loadImage(there, specs, damaged)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("it is damaged") },
    });
  });
});

let own: Registry | null = null;
const registry = () => own?.address ?? "";

beforeAll(async () => {
  own = await startRegistry();
});

afterAll(async () => {
  for (const engine of engines.values()) {
    const listed = await runEngine(engine, ["images", "--quiet", "--filter", `label=${LABELS.name}=toy`], { signal: NEVER });
    await runEngine(engine, ["rmi", "--force", ...new Set(listed.stdout.split("\n").filter(Boolean))], { signal: NEVER });
  }
  own?.stop();
});

async function pushedImage(engine: Engine): Promise<string> {
  const spec = toolchain(`${LOCK}# maker ${engine.name}\n`);
  const here = site(engine);
  const made = await ensured(here, spec);
  const pushed = value(await pushImage(here, spec, `${registry()}/maker`));
  await forget(engine, made);
  return pushed;
}

/** Takes an image and all its names out of an engine, as if it had never been there. */
async function forget(engine: Engine, { image }: EnvironmentHandle): Promise<void> {
  const remove = async () => {
    await runEngine(engine, ["rmi", "--force", image?.id ?? ""], { signal: NEVER });
    const left = await runEngine(engine, ["image", "inspect", image?.id ?? ""], { signal: NEVER });
    expect(left.code).not.toBe(0);
  };
  // On a busy machine an engine takes seconds for each.
  await vi.waitFor(remove, { timeout: 60_000 });
}

function toolchain(lock: string): EnvironmentSpec {
  const folder = join(scratchFolder("toolchain"), "toy");
  mkdirSync(folder);
  writeFileSync(join(folder, "requirements.lock"), lock);
  writeFileSync(join(folder, "worker.py"), "");
  return { name: "toy", lock: join(folder, "requirements.lock") };
}

async function ensured({ environments }: ImageSite, spec: EnvironmentSpec): Promise<EnvironmentHandle> {
  return value(await environments.ensure(spec, { signal: NEVER }));
}

function value<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.message} ${result.error.keyLine ?? ""} ${result.error.log ?? ""}`);
}

function entryOf(name: string): string {
  const text = readFileSync(inRepository("containers/onnx/requirements.lock"), "utf8");
  const entry = new RegExp(`^${name}==.*\\n(?: {4}--hash=.*\\n)+`, "m").exec(text)?.[0];
  if (entry === undefined) throw new Error(`containers/onnx has no ${name} in its lock any more`);
  return entry.trimEnd();
}
