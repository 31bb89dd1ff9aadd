import { describe, expect, test } from "vitest";
import { Refusal } from "./refusal.ts";
import { bodyFormatOf, correlationIdOf, idempotencyKeyOf } from "./request.ts";

describe("correlationIdOf", () => {
  test.each([
    ["the shortest", "a"],
    ["one with spaces inside", "call 7 of 9"],
    ["every kind of printable character", "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"],
    ["the longest", "x".repeat(128)],
  ])("takes %s as it is", (_, id) => {
    expect(correlationIdOf({ "x-correlation-id": id })).toBe(id);
  });

  test("makes a new one for each request without", () => {
    const made = [correlationIdOf({}), correlationIdOf({})];
    expect(made[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(made[0]).not.toBe(made[1]);
  });

  test.each([
    ["an empty one", ""],
    ["one of 129 characters", "x".repeat(129)],
    ["one of 5,000 characters", "x".repeat(5000)],
    ["one that is not ASCII", "käse"],
    ["one with a line break", "a\nb"],
    ["one with a tab", "a\tb"],
    ["one that starts with a space", " a"],
  ])("has no use for %s", (_, id) => {
    expect(correlationIdOf({ "x-correlation-id": id })).toBeUndefined();
  });
});

describe("idempotencyKeyOf", () => {
  test("takes a key, and none", () => {
    expect(idempotencyKeyOf({ "idempotency-key": "order-7" })).toBe("order-7");
    expect(idempotencyKeyOf({ "idempotency-key": "k".repeat(255) })).toBe("k".repeat(255));
    expect(idempotencyKeyOf({})).toBeUndefined();
  });

  test.each([
    ["an empty one", ""],
    ["one of 256 characters", "k".repeat(256)],
    ["one with a space, as two headers become", "a, b"],
    ["one that is not ASCII", "schlüssel"],
  ])("refuses %s and names the header", (_, key) => {
    const read = () => idempotencyKeyOf({ "idempotency-key": key });
    expect(read).toThrow(Refusal);
    expect(read).toThrow(/^Idempotency-Key: expected 1 to 255/);
  });
});

describe("bodyFormatOf", () => {
  test.each([
    ["application/json", "json"],
    ["Application/JSON; Charset=UTF-8", "json"],
    ['application/json; charset="utf-8"', "json"],
    ["application/json;charset=us-ascii", "json"],
    ["application/x-ndjson", "ndjson"],
    ["application/ndjson", "ndjson"],
    ["application/jsonl ; charset=utf8", "ndjson"],
  ])("reads %s as %s", (type, format) => {
    expect(bodyFormatOf({ "content-type": type })).toBe(format);
  });

  test("takes a body that says it is not encoded", () => {
    const headers = { "content-type": "application/json", "content-encoding": "identity" };
    expect(bodyFormatOf(headers)).toBe("json");
  });

  test.each([
    ["no type", {}, "Content-Type: expected"],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, "Content-Type: expected"],
    ["text", { "content-type": "text/plain" }, "Content-Type: expected"],
    ["a near miss", { "content-type": "application/jsonp" }, "Content-Type: expected"],
    [
      "another charset",
      { "content-type": "application/json; charset=latin1" },
      "the charset must be utf-8",
    ],
    [
      "a compressed body",
      { "content-type": "application/json", "content-encoding": "gzip" },
      "send the body uncompressed",
    ],
  ])("refuses %s with 415", (_, headers, message) => {
    const read = () => bodyFormatOf(headers);
    expect(read).toThrow(Refusal);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ status: 415 }));
  });
});
