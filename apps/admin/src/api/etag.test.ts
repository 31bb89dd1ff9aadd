import { expect, test } from "vitest";
import { etagOf, readIfMatch } from "./etag.ts";

const RULE = { id: 1, name: "link" };

test("the same content has the same tag, and other content another one", () => {
  expect(etagOf(RULE)).toBe(etagOf({ ...RULE }));
  expect(etagOf(RULE)).not.toBe(etagOf({ ...RULE, id: 2 }));
});

test.each([
  [undefined, true],
  ["*", true],
  [etagOf(RULE), true],
  [`"x", ${etagOf(RULE)}`, true],
  ['"x"', false],
  [`W/${etagOf(RULE)}`, false],
])("If-Match %s agrees: %s", (header, agrees) => {
  expect(readIfMatch(header)(RULE)).toBe(agrees);
});

test.each(["x", "", '"a" "b"', "W/x"])("If-Match %o is refused", (header) => {
  expect(() => readIfMatch(header)).toThrow("expected an ETag in quotes");
});
