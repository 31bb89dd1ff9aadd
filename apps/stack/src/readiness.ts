import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "./launch.ts";

/** A service did not come up; the message says what it last answered. */
class NotReadyError extends Error {
  override readonly name = "NotReadyError";
}

/**
 * Waits until `GET <url>/readyz` answers 200. Throws a `NotReadyError` when the process ends first or
 * `timeoutMs` is over, and the signal's reason when that is aborted.
 */
export async function waitReady(
  url: string,
  options: { running: Pick<Running, "exited">; timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  const ended = options.running.exited.then(
    ({ code, signal }) => `the process ended (${signal ?? `code ${code}`})`,
  );
  let problem = "no answer";
  while (Date.now() < deadline) {
    options.signal?.throwIfAborted();
    const answer = await Promise.race([askReady(url), ended.then((end) => ({ end }))]);
    if (answer === "ready") return;
    if (typeof answer === "object") throw new NotReadyError(answer.end);
    problem = answer;
    await Promise.race([sleep(50), ended]);
  }
  throw new NotReadyError(`not ready within ${options.timeoutMs / 1000} s: ${problem}`);
}

async function askReady(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const body = await response.text();
    return response.ok ? "ready" : `${response.status} ${body.slice(0, 500)}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
