import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import { MarkedStream } from "../../../../src/executors/container/marked-stream.ts";

const MARK = "0123456789abcdef0123456789abcdef";

function reader(mark = MARK) {
  const seen: { bytes: Buffer[]; said: Json[] } = { bytes: [], said: [] };
  const stream = new MarkedStream({ onBytes: (bytes) => seen.bytes.push(Buffer.from(bytes)), onSaid: (said) => seen.said.push(said) });
  stream.expect(mark);
  return { stream, seen, text: () => Buffer.concat(seen.bytes).toString("latin1") };
}

describe("the keeper's words in a command's stream", () => {
  test("are told apart wherever they come, and however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 6 }),
        (before, after, cuts) => {
          const said = Buffer.from(`\0${MARK}{"ended":true,"code":-11}\n`);
          const whole = Buffer.concat([before, said, after]);
          const { stream, seen, text } = reader();
          const places = [...new Set([0, ...cuts.filter((cut) => cut < whole.length), whole.length])].sort((a, b) => a - b);
          for (const [index, start] of places.entries()) stream.push(whole.subarray(start, places[index + 1] ?? start));
          expect(seen.said).toEqual([{ ended: true, code: -11 }]);
          const rest = Buffer.concat([before, after]).toString("latin1");
          // What may be the beginning of a mark is held back: at the end of the stream no mark follows.
          expect(rest.startsWith(text())).toBe(true);
          expect(rest.slice(text().length)).toMatch(/^(?:\0[0-9a-f]*)?$/);
        },
      ),
    );
  });

  test("an answer is passed on at once: nothing waits for what may follow a line end", () => {
    const { stream, text } = reader();
    stream.push(Buffer.from('{"ran": 1}\n'));
    expect(text()).toBe('{"ran": 1}\n');
  });

  test("a zero byte that begins no mark is passed on with what follows", () => {
    const { stream, seen, text } = reader();
    stream.push(Buffer.from("a\0"));
    expect(text()).toBe("a");
    stream.push(Buffer.from("b"));
    expect(text()).toBe("a\0b");
    expect(seen.said).toEqual([]);
  });

  test("another command's mark says nothing", () => {
    const { stream, seen, text } = reader();
    const forged = `\0${"f".repeat(32)}{"ended":true,"code":0}\n`;
    stream.push(Buffer.from(forged));
    expect(seen.said).toEqual([]);
    expect(text()).toBe(forged);
  });
});
