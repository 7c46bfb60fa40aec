import { expect, test } from "vitest";
import { xmlText } from "../../../src/report/xml.ts";

test("what XML would read as its own is escaped, in text and in attributes", () => {
  const text = xmlText({ name: "a", attributes: { b: `<"&'>\n\t`, none: null }, text: "a < b && c > d ]]>" });
  expect(text).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>\n<a b="&lt;&quot;&amp;'&gt;&#10;&#9;">a &lt; b &amp;&amp; c &gt; d ]]&gt;</a>\n`,
  );
});

test("what XML has no place for is replaced: control characters, halves of pairs, escape sequences", () => {
  const text = xmlText({ name: "a", text: "\u001B[31mred\u001B[0m \u0000\u0008\uFFFF\uD800 \u{1F600}\r\nend" });
  expect(text).toContain("<a>red \uFFFD\uFFFD\uFFFD\uFFFD \u{1F600}\nend</a>");
});

test("elements without children or text are closed at once", () => {
  expect(xmlText({ name: "a", children: [null, { name: "b", attributes: { c: 0 } }] })).toContain(`<a>\n  <b c="0"/>\n</a>\n`);
});
