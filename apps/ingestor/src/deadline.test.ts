import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeadlineError, withDeadline } from "./deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("withDeadline", () => {
  test("gives what the work gives, and leaves no timer behind", async () => {
    expect(await withDeadline(Promise.resolve(7), 100)).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("passes on the work's own failure", async () => {
    await expect(withDeadline(Promise.reject(new Error("broken")), 100)).rejects.toThrow("broken");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("rejects when the time is over, and not before", async () => {
    const late = withDeadline(new Promise(() => {}), 100);
    const outcome = vi.fn();
    late.catch(outcome);
    await vi.advanceTimersByTimeAsync(99);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await expect(late).rejects.toThrow(DeadlineError);
    await expect(late).rejects.toThrow("no answer within 100 ms");
  });

  test("does not mind work that fails after its time", async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const late = withDeadline(promise, 100);
    late.catch(() => {});
    await vi.advanceTimersByTimeAsync(100);
    reject(new Error("too late to matter"));
    await expect(late).rejects.toThrow(DeadlineError);
  });
});
