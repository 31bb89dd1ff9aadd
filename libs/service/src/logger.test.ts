import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createLogger, type Logger, type LogLevel } from "./logger.ts";

function setup(options: { level?: LogLevel; secrets?: string[]; isTTY?: boolean } = {}) {
  const written: string[] = [];
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    }),
    { isTTY: options.isTTY ?? false },
  );
  const logger = createLogger({
    service: "test",
    level: options.level ?? "debug",
    secrets: options.secrets ?? [],
    stream,
  });
  const text = async () => {
    await logger.flush();
    return written.join("");
  };
  return { logger, stream, text, line: async () => JSON.parse(await text()) };
}

describe("createLogger", () => {
  test("writes one JSON object per line", async () => {
    const { logger, text } = setup();
    logger.info("first", { alert_id: "a1", correlation_id: "c1" });
    logger.warn("second\nline");
    const lines = (await text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        level: "info",
        service: "test",
        message: "first",
        alert_id: "a1",
        correlation_id: "c1",
      },
      { time: expect.any(String), level: "warn", service: "test", message: "second\nline" },
    ]);
  });

  test("writes nothing below its level and says so", async () => {
    const { logger, text } = setup({ level: "warn" });
    logger.info("hidden");
    logger.debug("hidden");
    logger.warn("shown");
    expect(await text()).toMatch(/^[^\n]*shown[^\n]*\n$/);
    expect([logger.isEnabled("warn"), logger.isEnabled("info")]).toEqual([true, false]);
  });

  test("keeps its own members from fields of the same name", async () => {
    const { logger, line } = setup();
    logger.info("real", { message: "forged", level: "error", service: "other" });
    expect(await line()).toMatchObject({ message: "real", level: "info", service: "test" });
  });

  test("gives a child's fields to each of its lines", async () => {
    const { logger, line } = setup();
    logger.child({ queue: "ingest" }).child({ worker: 1 }).info("done", { job: "j" });
    expect(await line()).toMatchObject({ queue: "ingest", worker: 1, job: "j" });
  });

  test("writes errors out with code, stack and cause", async () => {
    const { logger, line } = setup();
    const cause = Object.assign(new TypeError("inner"), { code: "EINNER" });
    logger.error("failed", { error: new Error("outer", { cause }) });
    expect((await line()).error).toEqual({
      name: "Error",
      message: "outer",
      stack: expect.stringContaining("outer"),
      cause: expect.objectContaining({ name: "TypeError", message: "inner", code: "EINNER" }),
    });
  });

  test("redacts known secrets wherever they stand", async () => {
    const secret = 'top"secret\\value/1';
    const { logger, text } = setup({ secrets: [secret, `${secret}-longer`, "x"] });
    logger.info(`in the sentence: ${secret}`, {
      text: `a ${secret}-longer b`,
      url: `http://h/?k=${encodeURIComponent(secret)}`,
      error: new Error(secret),
      [secret]: ["x", { deep: secret }],
    });
    const written = await text();
    expect(written).not.toContain("secret\\\\value");
    expect(written).not.toContain("-longer");
    expect(written).not.toContain(encodeURIComponent(secret));
    expect(JSON.parse(written)).toMatchObject({
      message: "in the sentence: [redacted]",
      text: "a [redacted] b",
      "[redacted]": ["x", { deep: "[redacted]" }],
    });
  });

  test("redacts fields whose names tell of secrets, and passwords in URLs", async () => {
    const { logger, line } = setup();
    logger.info("request", {
      headers: { Authorization: "Bearer abc", "x-api-key": "abc", accept: "*/*" },
      MOOG_API_KEY: "abc",
      refresh_token: "abc",
      dbPassword: "abc",
      target: "redis://user:abc@host:6379/0",
      keyboard: "abc",
    });
    expect(await line()).toMatchObject({
      headers: { Authorization: "[redacted]", "x-api-key": "[redacted]", accept: "*/*" },
      MOOG_API_KEY: "[redacted]",
      refresh_token: "[redacted]",
      dbPassword: "[redacted]",
      target: "redis://user:[redacted]@host:6379/0",
      keyboard: "abc",
    });
  });

  test("writes a line whatever the fields are", async () => {
    const { logger, line } = setup();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    let deep: unknown = "bottom";
    for (let level = 0; level < 50; level += 1) deep = { deep };
    logger.info("odd", {
      cycle,
      deep,
      big: 10n ** 20n,
      many: Array(1000).fill(0),
      call: () => {},
      when: new Date(Number.NaN),
      bytes: Buffer.alloc(3),
      map: new Map([["key", new Set([1])]]),
      bad: Object.defineProperty({}, "x", {
        enumerable: true,
        get() {
          throw new Error("no");
        },
      }),
    });
    const { many, ...rest } = await line();
    expect(many).toHaveLength(101);
    expect(rest).toMatchObject({
      cycle: { self: "[circular]" },
      big: "100000000000000000000",
      call: "[function]",
      when: null,
      bytes: "[3 bytes]",
      map: { key: [1] },
      bad: "[unreadable: no]",
    });
  });

  test("writes readable lines on a terminal, safe from control characters", async () => {
    const { logger, text } = setup({ isTTY: true });
    logger.error("broken\u001b[2J", { queue: "in\u009bgest", error: new Error("why") });
    const [first, second] = (await text()).split("\n");
    expect(first).toContain('test broken\\x1b[2J queue="in\\x9bgest"');
    expect(second).toBe("  Error: why");
  });

  test("survives a stream that breaks", async () => {
    const { logger, stream, text } = setup();
    stream.destroy(new Error("EPIPE"));
    logger.info("nobody reads this");
    expect(await text()).toBe("");
  });

  test("is accepted where a lib asks for two of its methods", () => {
    const { logger } = setup();
    const port: { warn(message: string, fields?: Record<string, unknown>): unknown } =
      logger satisfies Logger;
    port.warn("typed");
  });
});
