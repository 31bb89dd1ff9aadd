import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "../stack/stack.ts";
import type { Fault } from "./fault.ts";
import { fillMemory } from "./fill-memory.ts";

/** Undoes a fault. */
type End = () => Promise<void> | void;

const NOTHING: End = () => {};

/** Tries of the admin API while something else keeps it from answering. */
const ADMIN_TRIES = 4;

/** Lets a fault begin; gives what ends it. Throws when it could not begin, which other faults may be the cause of. */
export async function beginFault(stack: Stack, fault: Fault): Promise<End> {
  const { processes, redis } = stack;
  switch (fault.kind) {
    case "kill":
      await processes.kill(fault.app);
      return () => processes.start(fault.app);
    case "stop":
      await processes.stop(fault.app);
      return () => processes.start(fault.app);
    case "pause":
      processes.signal(fault.app, "SIGSTOP");
      return () => processes.signal(fault.app, "SIGCONT");
    case "replica":
      await processes.start(fault.app, "second");
      return () => processes[fault.end](fault.app, "second");
    case "kill_redis":
      await redis.kill9();
      return () => redis.start();
    case "pause_redis":
      redis.freeze();
      return () => redis.thaw();
    case "fill_redis":
      return await fillMemory(stack.client);
    case "cut":
      return troubleLink(stack, fault.link, { kind: "cut" });
    case "delay":
      return troubleLink(stack, fault.link, { kind: "delay", ms: fault.ms });
    case "black_hole":
      return troubleLink(stack, fault.link, { kind: "black_hole" }, fault.resumes);
    case "receiver":
      stack.receiver.setMode(fault.mode);
      return () => stack.receiver.setMode({ mode: "ok" });
    case "setting":
      return await changeSetting(stack, fault);
    case "retry_all":
      await ask(stack, "PUT", `/queues/api/queues/${fault.queue}/retry/failed`);
      return NOTHING;
    case "rule":
      return await addRule(stack);
    default: {
      const unreachable: never = fault;
      return unreachable;
    }
  }
}

function troubleLink(
  { links }: Stack,
  name: Extract<Fault, { kind: "cut" }>["link"],
  state: Parameters<NonNullable<ReturnType<Stack["links"]["get"]>>["set"]>[0],
  resumes = true,
): End {
  const link = links.get(name);
  link?.set(state);
  return () => link?.set({ kind: "open" }, { resumes });
}

async function changeSetting(
  stack: Stack,
  { key, value }: Extract<Fault, { kind: "setting" }>,
): Promise<End> {
  const path = `/api/v1/config/${key}`;
  await ask(stack, "PUT", path, { value, reason: "chaos" });
  return async () => void (await ask(stack, "DELETE", path));
}

async function addRule(stack: Stack): Promise<End> {
  const rule = {
    name: `chaos: nothing ${Date.now()}`,
    match_type: "contains",
    match_string: "what no event says",
    priority: 5,
    prod_handling: "Ignore",
    dev_handling: "Ignore",
    team_assignment: "chaos",
    is_active: true,
  };
  const { id } = (await ask(stack, "POST", "/api/v1/rules", { ...rule, reason: "chaos" })) as {
    id: number;
  };
  return async () => void (await ask(stack, "DELETE", `/api/v1/rules/${id}`));
}

async function ask(stack: Stack, method: string, path: string, body?: unknown): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await stack.admin(method, path, body);
    } catch (error) {
      if (tries === ADMIN_TRIES) throw error;
      await sleep(500);
    }
  }
}
