import { describe, expect, test } from "vitest";
import { formatTraceparent, parseTraceparent, readTraceContext } from "./trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const VALID = `00-${TRACE}-${SPAN}-01`;

describe("parseTraceparent", () => {
  test("reads trace, span and the sampled flag", () => {
    expect(parseTraceparent(VALID)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.isSampled).toBe(false);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-03`)?.isSampled).toBe(true);
  });

  test.each([
    ["a later version", `cc-${TRACE}-${SPAN}-01`],
    ["a later version with more fields", `cc-${TRACE}-${SPAN}-01-what-the-future-will-be`],
  ])("reads what it knows of %s", (_, text) => {
    expect(parseTraceparent(text)).toMatchObject({ traceId: TRACE, spanId: SPAN });
  });

  test.each([
    ["nothing", ""],
    ["another text", "hello"],
    ["version ff", `ff-${TRACE}-${SPAN}-01`],
    ["more fields in version 00", `${VALID}-more`],
    ["a dash at the end", `${VALID}-`],
    ["a later version with something other than a dash", `cc-${TRACE}-${SPAN}-01.more`],
    ["capitals", VALID.toUpperCase()],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["a short trace id", `00-${TRACE.slice(1)}-${SPAN}-01`],
    ["no flags", `00-${TRACE}-${SPAN}`],
    ["flags that are no hex", `00-${TRACE}-${SPAN}-0g`],
    ["space around it", ` ${VALID}`],
    ["a line break behind it", `${VALID}\n`],
    ["two of them, as Node joins repeated headers", `${VALID}, ${VALID}`],
    ["a list", [VALID]],
    ["an absent header", undefined],
  ])("refuses %s", (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  test("gives what formatTraceparent writes again", () => {
    const parsed = parseTraceparent(VALID);
    expect(parsed && formatTraceparent(parsed)).toBe(VALID);
  });
});

describe("readTraceContext", () => {
  test("passes the tracestate on, without the space between members", () => {
    const context = readTraceContext({ traceparent: VALID, tracestate: "a=1, b=2,,c=3" });
    expect(context).toEqual({ traceparent: VALID, tracestate: "a=1,b=2,c=3" });
  });

  test("drops a tracestate whose traceparent cannot be used", () => {
    expect(readTraceContext({ traceparent: "00-1-2-3", tracestate: "a=1" })).toBeUndefined();
  });

  test("drops a tracestate that is not printable, and keeps the traceparent", () => {
    const context = readTraceContext({ traceparent: VALID, tracestate: "a=\u00e9" });
    expect(context).toEqual({ traceparent: VALID });
  });

  test("cuts a long tracestate between its members", () => {
    const members = Array.from({ length: 100 }, (_, index) => `vendor${index}=${"x".repeat(20)}`);
    const { tracestate = "" } =
      readTraceContext({ traceparent: VALID, tracestate: members.join(",") }) ?? {};
    const kept = tracestate.split(",");
    expect(tracestate.length).toBeLessThanOrEqual(512);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept).toEqual(members.slice(0, kept.length));
  });

  test("writes a later version as the one that is known here", () => {
    const context = readTraceContext({ traceparent: `cc-${TRACE}-${SPAN}-01-more` });
    expect(context).toEqual({ traceparent: VALID });
  });
});
