import { describe, expect, test } from "vitest";
import { createParts } from "./parts.ts";

function setup() {
  const failures: unknown[] = [];
  const parts = createParts({ error: (_message, fields) => void failures.push(fields?.part) });
  return { parts, failures };
}

describe("createParts", () => {
  test("stops in the reverse order of the start, one after the other", async () => {
    const { parts } = setup();
    const stopped: string[] = [];
    const part = { [Symbol.asyncDispose]: async () => void stopped.push("server") };
    parts.defer("redis", () => stopped.push("redis"));
    expect(parts.use("server", part)).toBe(part);
    expect(parts.pending()).toEqual(["server", "redis"]);
    await parts[Symbol.asyncDispose]();
    expect(stopped).toEqual(["server", "redis"]);
    expect(parts.pending()).toEqual([]);
  });

  test("tells which part a stop hangs on", () => {
    const { parts } = setup();
    parts.defer("redis", () => {});
    parts.defer("worker", () => new Promise(() => {}));
    void parts[Symbol.asyncDispose]();
    expect(parts.pending()).toEqual(["worker", "redis"]);
  });

  test("goes on past a part that does not stop, and names it", async () => {
    const { parts, failures } = setup();
    let closed = false;
    parts.defer("redis", () => {
      closed = true;
    });
    parts.defer("worker", () => Promise.reject(new Error("stuck")));
    await expect(parts[Symbol.asyncDispose]()).rejects.toThrow("did not stop cleanly: worker");
    expect(closed).toBe(true);
    expect(failures).toEqual(["worker"]);
  });

  test("stops once, however often it is asked", async () => {
    const { parts } = setup();
    let times = 0;
    parts.defer("redis", () => {
      times += 1;
    });
    await Promise.all([parts[Symbol.asyncDispose](), parts[Symbol.asyncDispose]()]);
    expect(times).toBe(1);
  });

  test("refuses a part that comes up while the others go down", async () => {
    const { parts } = setup();
    await parts[Symbol.asyncDispose]();
    expect(() => parts.defer("late", () => {})).toThrow("late was started while the process stops");
  });
});
