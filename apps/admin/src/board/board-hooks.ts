import { isAllowed } from "@mutt/api-keys";
import {
  announceRetry,
  DEAD_LETTER_QUEUES,
  type DeadLetterQueueName,
  type LedgerWriter,
  readCounts,
} from "@mutt/queues";
import type { Redactor } from "@mutt/service";
import { addAudit } from "@mutt/store";
import type { Redis } from "ioredis";
import type { Identity } from "../auth/sessions.ts";
import type { OpenQueues } from "../open-queues.ts";
import { type BoardLedger, createBoardLedger } from "./board-ledger.ts";
import { dataProblem } from "./dead-letter-data.ts";
import { type BoardVerb, findVerb } from "./verbs.ts";

/** The part of a request that Bull Board hands to its hooks. */
export interface BoardCall {
  method: string;
  /** As the board writes it, such as `/api/queues/:queueName/pause`. */
  route: string;
  request: {
    params?: Record<string, string>;
    body?: unknown;
    headers?: object;
  };
}

/** What a hook says before a call; nothing lets it through. */
type Verdict = undefined | { allow: false; status: number; errorKey?: string; message?: string };

/** What the hooks need. */
export interface BoardHooksDeps {
  redis: Redis;
  prefix: string;
  queues: OpenQueues;
  ledger: Pick<LedgerWriter, "count">;
  redactor: Redactor;
  /** Who is behind a request, by its headers object: nothing that a client sends can pass for it. */
  identityOf(headers: object): Identity | undefined;
}

/**
 * Makes the hooks that decide who may do what in Bull Board, and that audit it. The entry is written before the call, so
 * that there is no change without one; a second one follows for bulk actions and for what was refused after all.
 */
export function createBoardHooks(deps: BoardHooksDeps) {
  const ledger = createBoardLedger(deps.queues, deps.ledger);
  return {
    async before(call: BoardCall): Promise<Verdict> {
      if (call.method.toLowerCase() === "get") return undefined;
      const identity = deps.identityOf(call.request.headers ?? {});
      const verb = findVerb(call.method, call.route);
      if (identity === undefined || verb === undefined)
        return forbidden("this is not allowed here");
      if (verb.role === "nobody") return forbidden("no one may do this to dead letters");
      if (!isAllowed(identity.role, verb.role)) {
        return forbidden(`this needs the role ${verb.role}; your key has ${identity.role}`);
      }
      const { queueName } = call.request.params ?? {};
      if (queueName !== undefined && !isDeadLetterQueue(queueName)) {
        // The board itself knows which queues there are; a live one it would refuse too, but after the audit.
        if (!Object.hasOwn(deps.queues, queueName)) return undefined;
        return { allow: false, status: 405, errorKey: "ERRORS.QUEUE_READ_ONLY" };
      }
      const problem = verb.bringsData ? dataProblem(dataOf(call.request.body)) : undefined;
      if (problem !== undefined) return { allow: false, status: 400, message: problem };
      const refusal = await auditIntent(deps, { call, verb, identity });
      if (refusal === undefined) await countBefore(ledger, call, verb);
      return refusal;
    },
    async after(call: BoardCall, result: { status?: number; body: unknown }) {
      if (call.method.toLowerCase() === "get") return redacted(deps.redactor, result);
      // The intent stands in the log; an error here would make a done change look like a failed one.
      await auditOutcome(deps, call, result).catch(() => {});
      await countAfter(ledger, call, result).catch(() => {});
      return result;
    },
  };
}

async function countBefore(ledger: BoardLedger, call: BoardCall, verb: BoardVerb): Promise<void> {
  const queue = call.request.params?.queueName ?? "";
  if (!isDeadLetterQueue(queue)) return;
  await ledger.before(call.request.headers ?? {}, verb, queue).catch(() => {});
}

async function countAfter(
  ledger: BoardLedger,
  call: BoardCall,
  { status = 200 }: { status?: number },
): Promise<void> {
  const verb = findVerb(call.method, call.route);
  const queue = call.request.params?.queueName ?? "";
  if (status >= 400 || verb === undefined || !isDeadLetterQueue(queue)) return;
  await ledger.after(call.request.headers ?? {}, verb, queue);
}

function forbidden(message: string): Verdict {
  return { allow: false, status: 403, errorKey: "ERRORS.FORBIDDEN", message };
}

function isDeadLetterQueue(name: string): name is DeadLetterQueueName {
  return (DEAD_LETTER_QUEUES as readonly string[]).includes(name);
}

/** An add has its data under `data`, an update under `jobData`. */
function dataOf(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  const { data, jobData } = body as { data?: unknown; jobData?: unknown };
  return jobData ?? data;
}

async function auditIntent(
  deps: BoardHooksDeps,
  { call, verb, identity }: { call: BoardCall; verb: BoardVerb; identity: Identity },
): Promise<Verdict> {
  try {
    const { params = {}, body } = call.request;
    const { queueName } = params;
    const counts =
      verb.isBulk && queueName !== undefined && isDeadLetterQueue(queueName)
        ? { old: await readCounts(deps.queues[queueName]) }
        : {};
    const given = isEmpty(body) ? {} : { new: deps.redactor.value(body) };
    await addAudit(deps, { ...entryOf(identity, verb.action, params), ...counts, ...given });
    if (verb.replays && queueName !== undefined && isDeadLetterQueue(queueName)) {
      await announceRetry(deps, queueName, { actor: identity.name, id: params.jobId });
    }
    return undefined;
  } catch {
    return { allow: false, status: 503, message: "Redis does not answer: nothing was changed" };
  }
}

async function auditOutcome(
  deps: BoardHooksDeps,
  call: BoardCall,
  { status = 200, body }: { status?: number; body: unknown },
): Promise<void> {
  const identity = deps.identityOf(call.request.headers ?? {});
  const verb = findVerb(call.method, call.route);
  if (identity === undefined || verb === undefined) return;
  if (status < 400 && !verb.isBulk) return;
  const entry = entryOf(identity, `${verb.action}.outcome`, call.request.params ?? {});
  await addAudit(deps, { ...entry, new: { status, ...(isEmpty(body) ? {} : { answer: body }) } });
}

function entryOf({ name, role }: Identity, action: string, params: Record<string, string>) {
  const { queueName, ...rest } = params;
  const target = [queueName ?? "all queues", ...Object.values(rest)].join("/");
  return { actor: name, role, action, target: target.slice(0, 300), at: new Date().toISOString() };
}

function isEmpty(value: unknown): boolean {
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}

/** Errors and logs may hold what the formatters of a job's data never see. */
function redacted<T extends { body: unknown }>(redactor: Redactor, result: T): T {
  if (result.body === undefined) return result;
  return { ...result, body: JSON.parse(redactor.text(JSON.stringify(result.body))) as unknown };
}
