import { describe, expect, test } from "vitest";
import { cleanValue, MAX_ATTRIBUTE_DEPTH } from "./clean-value.ts";

function clean(json: string): unknown {
  return cleanValue(JSON.parse(json), { bytes: 0 });
}

describe("cleanValue", () => {
  test("gives back what is clean already, not a copy", () => {
    const value = { a: ["x", 1, null, true, { b: "\u00e9" }] };
    expect(cleanValue(value, { bytes: 0 })).toBe(value);
  });

  test("cleans nested texts and names and shares the rest", () => {
    const value = JSON.parse('{"a\\u0000": {"list": ["ok", "\\ud800"]}, "same": {"b": 1}}');
    const cleaned = cleanValue(value, { bytes: 0 }) as typeof value;
    expect(cleaned).toEqual({ "a\uFFFD": { list: ["ok", "\uFFFD"] }, same: { b: 1 } });
    expect(cleaned.same).toBe(value.same);
    expect(value["a\0"].list[1]).toBe("\uD800");
  });

  test("drops __proto__ at any depth and changes no prototype", () => {
    const cleaned = clean('{"a": [{"__proto__": {"polluted": true}, "b": 1}]}');
    expect(JSON.stringify(cleaned)).toBe('{"a":[{"b":1}]}');
    expect((cleaned as { a: [object] }).a[0]).not.toHaveProperty("polluted");
    expect({}).not.toHaveProperty("polluted");
  });

  test("keeps constructor and prototype as plain members", () => {
    const json = '{"constructor":{"prototype":{"polluted":true}},"prototype":1,"x":"\\u0000"}';
    const cleaned = clean(json);
    expect(JSON.stringify(cleaned)).toBe(json.replace("\\u0000", "\uFFFD"));
    expect({}).not.toHaveProperty("polluted");
  });

  test("keeps values up to the depth limit and replaces deeper ones", () => {
    const nest = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(JSON.stringify(clean(nest(MAX_ATTRIBUTE_DEPTH)))).toBe(nest(MAX_ATTRIBUTE_DEPTH));
    expect(JSON.stringify(clean(nest(MAX_ATTRIBUTE_DEPTH + 1)))).toContain('["[deep]"]');
  });

  test("takes a nesting of 10,000 objects without overflowing the stack", () => {
    const cleaned = clean(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`);
    expect(JSON.stringify(cleaned)).toContain('{"a":"[deep]"}');
  });
});
