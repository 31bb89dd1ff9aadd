import { type ListSettingsDeps, listSettings } from "@mutt/dynamic-config";
import { createDeadLetterReader } from "@mutt/queues";
import {
  listRedrives,
  type OrderDeps,
  type PlanSettings,
  parseStartOrder,
  planRedrive,
  quarantineGroup,
  type RedrivePlan,
  readRedrive,
  releaseGroup,
  type SteerOrder,
  startRedrive,
  steerRedrive,
} from "@mutt/redrive";
import { type CommandLine, operand } from "./command-line.ts";
import { readFilter } from "./dlq-filter.ts";
import { describeProgress, followRedrive } from "./dlq-progress.ts";
import type { DlqDeps } from "./dlq-read.ts";
import { formatTable } from "./format-table.ts";
import { UsageError } from "./usage.ts";

/** What changes to dead letters need beside reading them. */
export type DlqChangeDeps = DlqDeps &
  OrderDeps & {
    env: ListSettingsDeps["env"];
    actor: string;
    /** Rewrites the last line, where the output is a terminal. */
    rewrite?: (text: string) => void;
  };

/** Replays a second, unless told otherwise: slow enough for every destination. */
const USUAL_PACE = 10;

const SHOWN_REDRIVES = 20;

/** Says what a redrive with a filter would do, and keeps it as a plan. */
export async function planOne(deps: DlqChangeDeps, line: CommandLine): Promise<void> {
  const plan = await makePlan(deps, line);
  if (line.json) return deps.print(JSON.stringify(plan, undefined, 2));
  printPlan(deps, plan);
  if (plan.count > 0) {
    deps.print(`start it: npm run mutt -- dlq redrive ${plan.plan_id} --reason TEXT`);
  }
}

async function makePlan(deps: DlqChangeDeps, line: CommandLine): Promise<RedrivePlan> {
  const { actor } = deps;
  const entries = createDeadLetterReader(deps.redis, deps.prefix);
  const settings = await readSettings(deps);
  const order = { filter: readFilter(line), all: line.all, actor };
  return await planRedrive({ ...deps, entries, settings }, order);
}

async function readSettings(deps: ListSettingsDeps): Promise<PlanSettings> {
  const rows = await listSettings(deps);
  const settingOf = (key: string) => Number(rows.find((row) => row.key === key)?.value);
  return {
    maxPoisonRetries: settingOf("max_poison_retries"),
    batchSize: settingOf("remediation_batch_size"),
    intervalSeconds: settingOf("remediation_interval"),
  };
}

function printPlan({ print }: DlqDeps, plan: RedrivePlan): void {
  print(`plan ${plan.plan_id}, good until ${plan.expires_at}`);
  print(`  would replay  ${plan.count}: ${list(plan.by_class)}`);
  if (plan.count > 0) {
    print(`  from          ${list(plan.by_queue)}`);
    print(`  by severity   ${list(plan.by_severity)}`);
    print(`  oldest        ${plan.oldest}`);
    print(`  at least      ${plan.estimate_seconds} s, by the storm cap in force`);
  }
  for (const { reason, count } of plan.not_eligible) {
    print(`  not eligible  ${count}: ${NOT_ELIGIBLE[reason]}`);
  }
  for (const { id, host, error } of plan.sample) print(`  such as       ${id} ${host}: ${error}`);
}

const NOT_ELIGIBLE: Record<RedrivePlan["not_eligible"][number]["reason"], string> = {
  quarantined: "of a kind that is quarantined; name it with --fingerprint to mean it all the same",
  out_of_replays: "at max_poison_retries; they go to dlq-dead",
  terminal: "in dlq-dead; name it with --queue to mean it",
  waits_already: "wait for their turn already",
};

function list(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return parts.join(", ") || "none";
}

/** Carries a plan out, the one that is named or a new one from the filter, and shows its progress to its end. */
export async function redriveOne(deps: DlqChangeDeps, line: CommandLine): Promise<void> {
  const reason = requireReason(line);
  const [given] = line.operands;
  const hasFilter = Object.keys(line.filter).length > 0;
  if (given !== undefined && hasFilter) {
    throw new UsageError("dlq redrive: give a PLAN or a filter; a plan has its own filter");
  }
  if (given === undefined && !hasFilter && !line.all) {
    throw new UsageError("dlq redrive: PLAN is missing; or give a filter, or --all for everything");
  }
  const plan = given === undefined ? await makePlan(deps, line) : undefined;
  if (plan !== undefined && !line.json) printPlan(deps, plan);
  if (plan?.count === 0) throw new Error("the plan holds no entry that may be replayed");
  const order = parseStartOrder({
    planId: plan?.plan_id ?? given,
    reason,
    maxPerSecond: line.rate ?? USUAL_PACE,
    all: line.all,
  });
  const redrive = await startRedrive(deps, order, { actor: deps.actor });
  if (line.json) return deps.print(JSON.stringify(redrive, undefined, 2));
  deps.print(
    `redrive ${redrive.id} of ${redrive.total} entries; it goes on without this command, ` +
      `"dlq cancel ${redrive.id}" ends it`,
  );
  if (!line.detach) await followRedrive(deps, redrive.id);
}

/** Shows the latest redrives, or follows one to its end. */
export async function showRedrives(deps: DlqChangeDeps, line: CommandLine): Promise<void> {
  const [id] = line.operands;
  if (id !== undefined) {
    const redrive = await readRedrive(deps, id);
    if (redrive === undefined) throw new Error(`there is no redrive ${id}`);
    if (line.json) return deps.print(JSON.stringify(redrive, undefined, 2));
    return await followRedrive(deps, id);
  }
  const { items } = await listRedrives(deps, { limit: line.limit ?? SHOWN_REDRIVES });
  if (line.json) return deps.print(JSON.stringify(items, undefined, 2));
  if (items.length === 0) return deps.print("there was no redrive yet");
  const rows = items.map((redrive) => [
    redrive.id,
    redrive.created_at,
    redrive.actor,
    describeProgress(redrive),
    redrive.reason,
  ]);
  deps.print(formatTable(["REDRIVE", "BEGUN", "BY", "PROGRESS", "REASON"], rows));
}

/** Makes the command that pauses, resumes or cancels a redrive. */
export function steerCommand(order: SteerOrder) {
  return async (deps: DlqChangeDeps, line: CommandLine): Promise<void> => {
    const by = { actor: deps.actor, reason: line.reason };
    const redrive = await steerRedrive(deps, { id: operand(line, 0, "REDRIVE"), order }, by);
    if (line.json) deps.print(JSON.stringify(redrive, undefined, 2));
    else deps.print(`redrive ${redrive.id}: ${describeProgress(redrive)}`);
  };
}

/** Puts a kind of failure aside. */
export async function quarantineOne(deps: DlqChangeDeps, line: CommandLine): Promise<void> {
  const fingerprint = operand(line, 0, "GROUP");
  await quarantineGroup(deps, fingerprint, { actor: deps.actor, reason: requireReason(line) });
  deps.print(`group ${fingerprint} is quarantined: nothing of it is replayed by itself`);
}

/** Lets a kind of failure be replayed again. */
export async function releaseOne(deps: DlqChangeDeps, line: CommandLine): Promise<void> {
  const fingerprint = operand(line, 0, "GROUP");
  await releaseGroup(deps, fingerprint, { actor: deps.actor, reason: requireReason(line) });
  deps.print(`group ${fingerprint} is released`);
}

function requireReason(line: CommandLine): string {
  if (line.reason?.trim()) return line.reason;
  throw new UsageError(`${line.command}: say why, with --reason TEXT, for the audit log`);
}
