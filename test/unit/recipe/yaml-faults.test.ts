import { expect, test } from "vitest";
import { DATA, GOOD, HEAD, MODEL, read } from "../../rig/recipe-texts.ts";

test("a duplicate key shows both places and counts the first", async () => {
  expect(await read(`${GOOD}name: other\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:10:1 error[duplicate-key] the key \`name\` is given twice
       8 | targets:
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | name: other
         | ^^^^
      hint: keep one of the two
      recipe.yaml:2:1 first given here
      1 | recipe: 1
      2 | name: digits
        | ^^^^

    1 error
    "
  `);
});

test("YAML syntax", async () => {
  expect(await read("recipe: 1\nmodel: { from: { path: a }\n\tname: x\n")).toMatchInlineSnapshot(`
    "recipe.yaml:3:2 error[yaml-syntax] a map before this is not closed with \`}\`
      1 | recipe: 1
      2 | model: { from: { path: a }
      3 |  name: x
        |  ^

    1 error
    "
  `);
});

test("tags and unresolved aliases", async () => {
  expect(await read("recipe: !number 1\n")).toMatchInlineSnapshot(`
    "recipe.yaml:1:9 error[yaml-syntax] tags are not used here
      1 | recipe: !number 1
        |         ^^^^^^^

    1 error
    "
  `);
  expect(await read("recipe: 1\nname: *nothing\n")).toMatchInlineSnapshot(`
    "recipe.yaml:2:7 error[yaml-syntax] the alias \`*nothing\` has no anchor before it
      1 | recipe: 1
      2 | name: *nothing
        |       ^^^^^^^^

    1 error
    "
  `);
});

test("an alias bomb is refused before anything expands it", async () => {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"].map((pair) => [...pair] as [string, string])) {
    lines.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(", ")}]`);
  }
  expect(await read(`${lines.join("\n")}\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:5:8 error[yaml-alias-limit] aliases expand to more than 10000 values here
      3 | c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
      4 | d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
      5 | e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
        |        ^^

    1 error
    "
  `);
  expect(await read("a: &a [*a]\n")).toMatchInlineSnapshot(`
    "recipe.yaml:1:8 error[yaml-alias-limit] aliases expand to more than 10000 values here
      1 | a: &a [*a]
        |        ^^

    1 error
    "
  `);
});

test("aliases in moderation are fine, and faults behind one point at where it is used", async () => {
  const text = `${HEAD}${MODEL}${DATA}targets:\n  cpu-x64: &all { toolchains: [anvil] }\n  cpu-arm64: *all\n`;
  expect(await read(text)).toBe("no errors\n");
  expect(await read(text.replace("[anvil]", "[anvl]"))).toMatchInlineSnapshot(`
    "recipe.yaml:9:32 error[unknown-toolchain] there is no toolchain \`anvl\`
      7 |   random: { inputs: { x: { normal: [0, 1] } } }
      8 | targets:
      9 |   cpu-x64: &all { toolchains: [anvl] }
        |                                ^^^^
      expected: one of \`anvil\`, \`bellows\`
      hint: did you mean \`anvil\`?

    1 error
    "
  `);
});

test("an empty file and one that is no map", async () => {
  expect(await read("")).toMatchInlineSnapshot(`
    "recipe.yaml:1:1 error[wrong-type] the recipe is empty
      1 |
        | ^
      expected: a map

    1 error
    "
  `);
  expect(await read("- a\n")).toMatchInlineSnapshot(`
    "recipe.yaml:1:3 error[wrong-type] the recipe is a list
      1 | - a
        |   ^
      expected: a map

    1 error
    "
  `);
});

test("nesting without end", async () => {
  expect(await read(`recipe: ${"[".repeat(50_000)}\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:1:1 error[yaml-syntax] maps and lists are nested too deeply
      1 | recipe: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        | ^

    1 error
    "
  `);
});

test.each(["name: !!str digits", 'name: !!binary "aGk="'])("standard tags are no better: %s", async (line) => {
  expect(await read(GOOD.replace("name: digits", line))).toContain("error[yaml-syntax] tags are not used here");
});

test("what follows in a second document is not passed over in silence", async () => {
  for (const more of ["measure: { threads: 7 }", "garbage: [1,2"]) {
    expect(await read(`${GOOD}---\n${more}\n`)).toContain(
      "error[yaml-syntax] the file holds more than one YAML document; only one is read",
    );
  }
});
