import { describe, expect, test } from "vitest";
import { MAX_EVENTS_PER_REQUEST, parseIngestBody } from "./ingest-body.ts";

const A = '{"hostname":"a","message":"1"}';
const B = '{"hostname":"b","message":"2"}';
const BOTH = [{ value: JSON.parse(A) }, { value: JSON.parse(B) }];

describe("parseIngestBody", () => {
  test.each([
    ["one object", A, "json"],
    ["an object after a byte order mark", `\uFEFF${A}`, "json"],
    ["an object over several lines", A.replaceAll(",", ",\r\n").replaceAll("{", "{\n"), "json"],
  ] as const)("takes %s for a single event", (_sentence, text, contentType) => {
    expect(parseIngestBody(text, contentType)).toEqual({ kind: "single", value: JSON.parse(A) });
  });

  test.each([
    ["an array", `[${A},${B}]`, "json"],
    ["an array over several lines", `[\n ${A},\n ${B}\n]\n`, "json"],
    ["NDJSON", `${A}\n${B}\n`, "ndjson"],
    ["NDJSON without a last line end", `${A}\n${B}`, "ndjson"],
    [
      "NDJSON with CRLF, blank lines and a byte order mark",
      `\uFEFF\r\n${A}\r\n\r\n  \r\n${B}\r\n`,
      "ndjson",
    ],
    ["lines of objects sent as JSON", `${A}\n${B}`, "json"],
    ["lines of objects sent as JSON, with CRLF and blank lines", `\n${A}\r\n\n  ${B}\r\n`, "json"],
  ] as const)("takes %s for a list", (_sentence, text, contentType) => {
    expect(parseIngestBody(text, contentType)).toEqual({ kind: "list", items: BOTH });
  });

  test("takes NDJSON of one line for a list of one", () => {
    expect(parseIngestBody(A, "ndjson")).toEqual({
      kind: "list",
      items: [{ value: JSON.parse(A) }],
    });
  });

  test.each(["json", "ndjson"] as const)(
    "gives each bad line of %s lines its own error",
    (contentType) => {
      const body = parseIngestBody(
        `${A}\n\n{"hostname":"x", message}\n${B}\n{"cut":"of`,
        contentType,
      );
      expect(body).toEqual({
        kind: "list",
        items: [
          BOTH[0],
          {
            error: {
              status: 400,
              field: "body",
              detail:
                'line 3: not valid JSON: expected a name in double quotes or "}" (position 17)',
            },
          },
          BOTH[1],
          {
            error: {
              status: 400,
              field: "body",
              detail: "line 5: not valid JSON: text without its closing quote (position 7)",
            },
          },
        ],
      });
    },
  );

  test("leaves the check of values that are no objects to the normaliser", () => {
    expect(parseIngestBody("5", "json")).toEqual({ kind: "single", value: 5 });
    expect(parseIngestBody("[null,[]]", "json")).toMatchObject({
      items: [{ value: null }, { value: [] }],
    });
  });

  test.each([
    ["an empty body", "", "json", "the body is empty"],
    ["an empty NDJSON body", "", "ndjson", "the body is empty"],
    ["a blank body", " \r\n\n", "ndjson", "the body is empty"],
    ["a byte order mark alone", "\uFEFF", "json", "the body is empty"],
    ["an empty array", "[]", "json", "the array is empty"],
    ["text that is not JSON", "hello", "json", "expected a JSON value (position 0)"],
    ["a cut object", '{"hostname":', "json", "the text ends too early (position 12)"],
    [
      "a cut array of lines",
      `[\n${A},\n${B}`,
      "json",
      "the text ends too early (line 3, column 31)",
    ],
    [
      "objects over many lines",
      '{\n"a":1\n}\n{\n"a":2\n}',
      "json",
      "nothing more after the value (line 4, column 1)",
    ],
    ["a raw line break in a message", '{"message":"a\nb"}', "json", "control character"],
  ] as const)("calls %s invalid and says why", (_sentence, text, contentType, detail) => {
    expect(parseIngestBody(text, contentType)).toEqual({
      kind: "invalid",
      detail: expect.stringContaining(detail),
    });
  });

  test.each([
    ["lists", "[".repeat(5_000_000)],
    ["objects", '{"a":'.repeat(1_000_000)],
  ])("reads no nest of millions of %s, alone or in a line", (_sentence, text) => {
    const detail = expect.stringContaining("nested too deep");
    expect(parseIngestBody(text, "json")).toEqual({ kind: "invalid", detail });
    expect(parseIngestBody(`1\n${text}\n2`, "ndjson")).toEqual({
      kind: "list",
      items: [{ value: 1 }, { error: { status: 400, field: "body", detail } }, { value: 2 }],
    });
  });

  test("never echoes the body", () => {
    const body = parseIngestBody(`{"password":"secret", ${"secret ".repeat(1000)}`, "json");
    expect(body).toMatchObject({ kind: "invalid" });
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(JSON.stringify(body).length).toBeLessThan(200);
  });

  test.each([
    ["an array", `[${"1,".repeat(20_000)}1]`, "json"],
    ["good lines", "1\n".repeat(20_000), "ndjson"],
    ["bad lines", "x\n".repeat(20_000), "ndjson"],
  ] as const)(
    "reads one item more than a request may hold of %s, and no further",
    (_sentence, text, contentType) => {
      expect(parseIngestBody(text, contentType)).toMatchObject({
        kind: "list",
        items: { length: MAX_EVENTS_PER_REQUEST + 1 },
      });
    },
  );

  test("keeps __proto__ an ordinary member", () => {
    parseIngestBody('{"__proto__":{"polluted":1}}', "json");
    expect({}).not.toHaveProperty("polluted");
  });
});
