import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINE_NAMES } from "../../../../src/domain/command.ts";
import { imageTag, LABELS } from "../../../../src/executors/images/image-layout.ts";
import { startChild } from "../../../rig/child.ts";
import { NEVER } from "../../../rig/commands.ts";
import { FAKE_BASE, type FakeEngine, fakeEngine } from "../../../rig/fake-engine.ts";
import { gatedBuild, lastLine } from "../../../rig/gated-build.ts";
import { imageSite, type SiteChanges, TOY_LOCK, toyToolchain } from "../../../rig/image-environments.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

const CONTAINERFILE = `ARG BASE=registry.example/python@sha256:${"a".repeat(64)}\nFROM \${BASE}\n`;

async function identityOf(fake: FakeEngine, spec = toyToolchain(), changes: SiteChanges = {}): Promise<string> {
  const identity = await imageSite(await fake.detect(), changes).environments.identify(spec);
  if (!identity.ok) throw new Error(identity.error.message);
  return identity.value.digest;
}

describe("identity", () => {
  test("it is over lock, Containerfile and the base's contents; the same in both engines, before and after it is made", async () => {
    const spec = toyToolchain();
    const fake = fakeEngine();
    const sites = await Promise.all(ENGINE_NAMES.map(async (name) => imageSite(await fake.detect(name))));
    const identities = await Promise.all(sites.map(({ environments }) => environments.identify(spec)));
    expect(identities[0]).toEqual(identities[1]);
    const made = await sites[0]?.environments.ensure(spec, { signal: NEVER });
    expect(made).toMatchObject({ ok: true, value: identities[0]?.ok === true ? { digest: identities[0].value.digest } : {} });

    const own = await identityOf(fake, spec);
    expect(await identityOf(fake, toyToolchain(`${TOY_LOCK}# changed\n`))).not.toBe(own);
    expect(await identityOf(fake, toyToolchain(TOY_LOCK, CONTAINERFILE))).not.toBe(own);
    expect(await identityOf(fakeEngine({ images: [{ ...FAKE_BASE, layers: ["sha256:other"] }] }), spec)).not.toBe(own);
    expect(await identityOf(fakeEngine({ images: [{ ...FAKE_BASE, id: `sha256:${"c".repeat(64)}` }] }), spec)).toBe(own);
  });

  test("a base by digest need not be here, and the Containerfile's own is taken where nobody names one", async () => {
    const fake = fakeEngine({ images: [] });
    const spec = toyToolchain(TOY_LOCK, CONTAINERFILE);
    const named = await identityOf(fake, spec, { base: `mirror.example/python@sha256:${"a".repeat(64)}` });
    expect(await identityOf(fake, spec, { base: null })).toBe(named);
    expect(fake.calls().filter((call) => !call.includes(" info "))).toEqual([]);
  });

  test("a base that is gone is known by what was built from it", async () => {
    const fake = fakeEngine();
    const spec = toyToolchain();
    const site = imageSite(await fake.detect());
    const before = await site.environments.identify(spec);
    await site.environments.ensure(spec, { signal: NEVER });
    const left = fake.images().filter(({ id }) => id !== FAKE_BASE.id);
    const later = imageSite(await fakeEngine({ images: left }).detect());
    expect(await later.environments.identify(spec)).toEqual(before);
    expect(await later.environments.ensure(spec, { signal: NEVER })).toMatchObject({ ok: true });
  });

  test.each([
    ["a base that is nowhere", [], () => toyToolchain(), /base image localhost\/fettle-base:1 is not in podman's storage/],
    ["a Containerfile without a base", [FAKE_BASE], () => toyToolchain(TOY_LOCK, "FROM debian\n"), /no line "ARG BASE=/],
    ["a lock for a Python that cannot be read", [FAKE_BASE], () => toyToolchain("# requires-python: 3\n"), /requires-python/],
  ] as const)("%s is told", async (_, images, spec, message) => {
    const identity = await imageSite(await fakeEngine({ images }).detect()).environments.identify(spec());
    expect(identity).toMatchObject({ ok: false, error: { reason: "environment-unavailable", message: expect.stringMatching(message) } });
  });
});

describe.each(ENGINE_NAMES)("making in %s", (name) => {
  test("it is built once, with labels that say what it is, and found by the next", async () => {
    const fake = fakeEngine();
    const spec = toyToolchain();
    const site = imageSite(await fake.detect(name));
    const first = await site.environments.ensure(spec, { signal: NEVER });
    const second = await imageSite(await fake.detect(name)).environments.ensure(spec, { signal: NEVER });
    if (!first.ok) throw new Error(first.error.message);
    // The engines disagree on the PATH of an image that sets none, and a worker's must not hang on that.
    expect(first.value.variables).toEqual({});
    expect(first.value).toMatchObject({ root: "/opt/fettle/venv", python: "3.11.2", image: { pinned: null } });
    expect(second).toEqual(first);
    expect(fake.calls().filter((call) => call.includes(" build "))).toHaveLength(1);
    const image = fake.images().find(({ id }) => id === first.value.image?.id);
    expect(image?.names).toEqual([imageTag("toy", first.value.digest)]);
    expect(image?.labels).toMatchObject({ [LABELS.identity]: first.value.digest, [LABELS.name]: "toy", [LABELS.python]: "3.11.2" });
    expect(await site.environments.isMade(first.value)).toBe(true);
  });

  test("steps that need one image, at once or after each other, ask the engine once", async () => {
    const fake = fakeEngine();
    const spec = toyToolchain();
    const { environments } = imageSite(await fake.detect(name));
    await Promise.all([1, 2, 3].map(() => environments.identify(spec)));
    expect(fake.calls().filter((call) => call.endsWith("image inspect localhost/fettle-base:1"))).toHaveLength(1);
    const first = await environments.ensure(spec, { signal: NEVER });
    const calls = fake.calls().length;
    expect(await environments.ensure(spec, { signal: NEVER })).toEqual(first);
    expect(fake.calls()).toHaveLength(calls);
    expect(await environments.ensure(spec, { signal: NEVER, fresh: true })).not.toEqual(first);
  });

  test("one that bears another identity than its name is built anew", async () => {
    const fake = fakeEngine();
    const spec = toyToolchain();
    const tag = imageTag("toy", await identityOf(fake, spec));
    const forged = fakeEngine({
      images: [FAKE_BASE, { id: `sha256:${"f".repeat(64)}`, names: [tag], labels: { [LABELS.identity]: "sha256:00" } }],
    });
    const site = imageSite(await forged.detect(name));
    const made = await site.environments.ensure(spec, { signal: NEVER });
    expect(made.ok && made.value.image?.id).not.toBe(`sha256:${"f".repeat(64)}`);
  });

  test("a base by digest is brought in first, and one the registry has not is told", async () => {
    const reference = `registry.example/python@sha256:${"a".repeat(64)}`;
    const fake = fakeEngine({ images: [], registry: [{ ...FAKE_BASE, names: [reference] }] });
    const spec = toyToolchain();
    expect(await imageSite(await fake.detect(name), { base: reference }).environments.ensure(spec, { signal: NEVER })).toMatchObject({
      ok: true,
    });
    const empty = await imageSite(await fakeEngine({ images: [] }).detect(name), { base: reference }).environments.ensure(spec, {
      signal: NEVER,
    });
    expect(empty).toMatchObject({
      ok: false,
      error: {
        message: `${name} could not pull the base image ${reference}: the registry has no image of that digest.`,
        hint: expect.stringContaining("make-base.sh"),
        keyLine: expect.stringContaining("manifest unknown"),
      },
    });
  });

  test("a base whose Python the lock is not for is refused before anything is built", async () => {
    const fake = fakeEngine({ images: [{ ...FAKE_BASE, python: "3.9.2" }] });
    const made = await imageSite(await fake.detect(name)).environments.ensure(toyToolchain(), { signal: NEVER });
    expect(made).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/for Python >=3\.11,<3\.14, and localhost\/fettle-base:1 has 3\.9\.2/) },
    });
    expect(fake.calls().some((call) => call.includes(" build "))).toBe(false);
  });

  test("pip's settings and the certificate authority go in as secrets, not as words", async () => {
    const ca = join(scratchFolder("ca"), "ca.pem");
    writeFileSync(ca, "AUTHORITY");
    const index = "https://user:secret@mirror.example/simple";
    const fake = fakeEngine({ env: { FETTLE_CA: ca, PIP_INDEX_URL: index, SSL_CERT_FILE: "/no/such" } });
    await imageSite(await fake.detect(name)).environments.ensure(toyToolchain(), { signal: NEVER });
    const calls = fake.calls().join("\n");
    expect(calls).toContain("secret ca AUTHORITY");
    expect(calls).toContain(`index-url = ${index}`);
    expect(fake.calls().find((call) => call.includes(" build "))).not.toContain("user:secret");
  });

  test("several processes build it once; the others are told that they wait", async () => {
    const { spec, root, open, waitFor, fake } = gatedBuild();
    const first = startChild("image-child.ts", [name, root, spec.lock]);
    await waitFor("build");
    const second = startChild("image-child.ts", [name, root, spec.lock]);
    expect(await second.line()).toBe("progress waiting for another process that makes it");
    open();
    expect(await lastLine(first)).toMatch(/^made sha256:/);
    expect(await lastLine(second)).toMatch(/^made sha256:/);
    expect(fake.calls().filter((call) => call.includes(" build "))).toHaveLength(1);
  });

  test("one that is stopped leaves nothing that counts; one that is killed is not built beside its client that lives on", async () => {
    const { spec, root, open, waitFor, fake } = gatedBuild();
    const killed = startChild("image-child.ts", [name, root, spec.lock]);
    await waitFor("build");
    killed.kill("SIGKILL");
    await killed.ended;
    expect(fake.images()).toEqual([FAKE_BASE]);
    const next = startChild("image-child.ts", [name, root, spec.lock]);
    expect(await next.line()).toBe("progress waiting for another process that makes it");
    open();
    expect(await lastLine(next)).toMatch(/^made sha256:/);
  });
});

test("a docker client that cannot build with secrets gives way to one that can, or the plug-in is asked for", async () => {
  const fake = fakeEngine({ env: { FAKE_DOCKER_CLIENT: "28.2.2" } });
  const spec = toyToolchain();
  const refused = await imageSite(await fake.detect("docker")).environments.ensure(spec, { signal: NEVER });
  expect(refused).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining("buildx"), hint: expect.stringContaining("podman") },
  });
  const [newer = ""] = (fake.env.PATH ?? "").split(delimiter);
  const older = scratchFolder("older");
  writeFileSync(join(older, "docker"), `#!/bin/sh\nFAKE_DOCKER_CLIENT=20.10.24 exec ${newer}/docker "$@"\n`, { mode: 0o755 });
  const engine = { ...(await fake.detect("docker")), env: { ...fake.env, PATH: [newer, older].join(delimiter) } };
  expect(await imageSite(engine).environments.ensure(spec, { signal: NEVER })).toMatchObject({ ok: true });
});

describe("a maker's image", () => {
  const reference = `vendor.example/compiler@sha256:${"e".repeat(64)}`;
  const image = { id: `sha256:${"9".repeat(64)}`, names: [reference], root: "/usr/local" };

  test("it is pulled by its digest, never built, and its Python is found", async () => {
    const fake = fakeEngine({ images: [], registry: [image] });
    const spec = { ...toyToolchain(), image: reference };
    const { environments } = imageSite(await fake.detect());
    const identity = await environments.identify(spec);
    if (!identity.ok) throw new Error(identity.error.message);
    expect(await environments.isMade(identity.value)).toBe(false);
    expect(await environments.ensure(spec, { signal: NEVER })).toEqual({
      ok: true,
      value: { ...identity.value, root: "/usr/local", image: { id: image.id, pinned: reference }, variables: { PATH: "/usr/bin:/bin" } },
    });
    expect(await environments.isMade(identity.value)).toBe(true);
    expect(fake.calls().some((call) => call.includes(" build "))).toBe(false);
    expect(await environments.describe(spec)).toEqual({ base: null, pinned: reference });
  });

  test("the project may name it, and where its Python is; a mirror of it is the same", async () => {
    const mirror = reference.replace("vendor.example", "mirror.example");
    const fake = fakeEngine({ images: [{ ...image, names: [reference, mirror], root: "" }] });
    const spec = toyToolchain();
    const site = async (name: string, root: string | null) =>
      imageSite(await fake.detect(), { images: new Map([["toy", { reference: name, root }]]) }).environments;
    expect(await (await site(reference, "/opt/poplar")).ensure(spec, { signal: NEVER })).toMatchObject({ value: { root: "/opt/poplar" } });
    expect(await (await site(mirror, "/opt/poplar")).identify(spec)).toEqual(await (await site(reference, "/opt/poplar")).identify(spec));
    expect(await (await site(reference, null)).ensure(spec, { signal: NEVER })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("has no bin/python"), hint: expect.stringContaining("containers.images.toy.root") },
    });
  });

  test("one without a digest is refused", async () => {
    const { environments } = imageSite(await fakeEngine().detect());
    expect(await environments.identify({ ...toyToolchain(), image: "vendor.example/compiler:latest" })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("not named by its digest"), hint: expect.stringContaining("@sha256:") },
    });
  });
});
