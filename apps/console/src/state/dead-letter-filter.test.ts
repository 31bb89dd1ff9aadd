import { expect, test } from "vitest";
import { addressWith, describeFilter, filterOf } from "./dead-letter-filter.ts";

test("a filter survives the way through the address", () => {
  const filter = { queue: "dlq-dead", host: "core sw&1", severity: 0, max_age_seconds: 3600 };
  const address = addressWith(filter, "class", "permanent");
  expect(filterOf(new URL(address, "http://x/").searchParams)).toEqual({
    ...filter,
    class: "permanent",
  });
});

test("an empty value takes a field out, and the last one the question mark too", () => {
  expect(addressWith({ host: "a" }, "host", " ")).toBe("dead-letters");
});

test("what is no number is left out", () => {
  const query = new URLSearchParams("severity=x&max_age_seconds=-1&replays_min=1.5&host=");
  expect(filterOf(query)).toEqual({});
});

test("a filter is said in words", () => {
  expect(describeFilter({ queue: "dlq-dead", max_age_seconds: 60 })).toBe(
    "queue dlq-dead, max age seconds 60",
  );
  expect(describeFilter({})).toBe("");
});
