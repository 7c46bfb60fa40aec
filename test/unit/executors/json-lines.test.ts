import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../../src/domain/json.ts";
import { JsonLineReader, MAX_LINE_BYTES } from "../../../src/executors/json-lines.ts";

function readAll(chunks: readonly Buffer[]): { messages: Json[]; other: string } {
  const messages: Json[] = [];
  const other: Buffer[] = [];
  const reader = new JsonLineReader({ onMessage: (message) => messages.push(message), onOther: (bytes) => other.push(Buffer.from(bytes)) });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { messages, other: Buffer.concat(other).toString() };
}

test("however the bytes are cut, the messages are the same and all else is kept in order", () => {
  const line = fc.oneof(
    fc.record({ run: fc.integer(), text: fc.string() }).map((value) => JSON.stringify(value)),
    fc.string().filter((text) => !text.includes("\n")),
  );
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(readAll(chunks)).toEqual(readAll([bytes]));
    }),
  );
});

test("an overlong line is no message, the next one is", () => {
  const long = `{"text": "${"x".repeat(MAX_LINE_BYTES)}"}\n`;
  const { messages, other } = readAll([Buffer.from(long), Buffer.from('{"run": 1}\n')]);
  expect(messages).toEqual([{ run: 1 }]);
  expect(other).toBe(long);
});
