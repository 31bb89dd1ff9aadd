import { readFile } from "node:fs/promises";
import { TEST_KEYS, waitFor } from "@mutt/testkit";
import { MAX_MEMORY_BYTES } from "../stack/settings.ts";
import type { Stack } from "../stack/stack.ts";
import type { Violation } from "./evidence.ts";

/** Memory in MiB, of the processes by app and of Redis. */
export type Memory = Record<string, number>;

const MIB = 1024 * 1024;

/** What a process may hold more than before: Node gives back late what it once needed. */
const PROCESS_GROWTH = { factor: 1.5, mib: 64 };

/** What Redis may hold more, in MiB: ids and answers that are remembered for minutes or a day, and dead letters. */
const REDIS_GROWTH_MIB = (MAX_MEMORY_BYTES / MIB) * 0.25;

/** An event that is sent to a pipeline at rest has to arrive within this time, in milliseconds. */
const PROBE_MS = 10_000;

/** Reads the memory of Redis and of every app's first process. */
export async function readMemory({ client, processes }: Stack): Promise<Memory> {
  const used = Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]);
  const memory: Memory = { redis: Math.round(used / MIB) };
  for (const { name, pid } of processes.running()) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    if (kib > 0) memory[name] = Math.round(kib / 1024);
  }
  return memory;
}

/** Holds the memory after the faults against that before. */
export function checkMemory(before: Memory, after: Memory): Violation[] {
  return Object.entries(after).flatMap(([name, now]) => {
    const was = before[name];
    if (was === undefined) return [];
    const allowed =
      name === "redis"
        ? was + REDIS_GROWTH_MIB
        : Math.max(was * PROCESS_GROWTH.factor, was + PROCESS_GROWTH.mib);
    if (now <= allowed) return [];
    return [{ what: "memory", detail: `${name}: ${was} MiB before, ${now} MiB after`, ids: [] }];
  });
}

/** Asks every app whether it is well, and sends one event through all of them. */
export async function checkApps(
  stack: Stack,
): Promise<{ violations: Violation[]; probeMs: number }> {
  const answers = await Promise.all(
    stack.processes.running().flatMap(({ name, url }) =>
      ["/healthz", "/readyz"].map(async (path) => {
        const answer = await answerOf(`${url}${path}`);
        return answer === ""
          ? []
          : [{ what: "unwell", detail: `${name} ${path}: ${answer}`, ids: [] }];
      }),
    ),
  );
  const startedAt = performance.now();
  const problem = await sendProbe(stack);
  const probeMs = Math.round(performance.now() - startedAt);
  const stuck = problem === "" ? [] : [{ what: "stuck", detail: problem, ids: [] }];
  return { violations: [...answers.flat(), ...stuck], probeMs };
}

async function answerOf(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return response.ok ? "" : `${response.status} ${(await response.text()).slice(0, 300)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

async function sendProbe({ ingestors, receiver }: Stack): Promise<string> {
  try {
    const response = await fetch(`${ingestors()[0]}/api/v1/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": TEST_KEYS.ingest },
      body: JSON.stringify({ hostname: "probe", message: "the probe needs a hand" }),
      signal: AbortSignal.timeout(PROBE_MS),
    });
    const { id } = (await response.json()) as { id?: string };
    if (id === undefined) return `the probe was answered ${response.status}`;
    await waitFor(() => receiver.alerts({ ids: [id] }).length > 0, {
      what: "the probe arrives",
      timeoutMs: PROBE_MS,
    });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
