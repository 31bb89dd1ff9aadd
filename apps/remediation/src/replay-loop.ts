import { type DeadLetterQueueName, type PipelineQueue, requestReplay } from "@mutt/queues";
import { createOutageLog } from "@mutt/redis";
import {
  type GateAnswer,
  type PlacedEntry,
  type ReplaySettings,
  selectAutomatic,
} from "@mutt/replay";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";
import { readCanaryStates, sendAhead } from "./canaries.ts";
import type { GateWatch } from "./gate-watch.ts";
import type { Leader } from "./leader.ts";
import type { RemediationMetrics } from "./metrics.ts";
import { takePaceStep } from "./pace.ts";
import { createScan } from "./scan.ts";

/** What the loop needs. */
export interface ReplayLoopDeps {
  redis: Redis;
  prefix: string;
  version: string;
  /** The queues that are replayed by themselves. */
  queues: readonly PipelineQueue<DeadLetterQueueName>[];
  leader: Leader;
  gates: GateWatch;
  settings(): ReplaySettings & { isEnabled: boolean; batchSize: number };
  /** Kinds of failure that an operator has put aside. */
  readQuarantined(): Promise<ReadonlySet<string>>;
  /** Entries that wait, delayed, for their turn: they come first. */
  delayed(): number;
  onPace(allowed: number): void;
  metrics: RemediationMetrics;
  logger: Logger;
}

/** The loop that replays dead letters without an operator. */
export interface ReplayLoop extends AsyncDisposable {
  /** Says what is wrong when the loop has not come round for too long. */
  problem(): string | undefined;
}

/** How often it is asked whether the next round is due; a changed interval is seen within this time. */
const LOOK_MS = 500;

/** A round that takes longer is stuck: Redis away is waited out elsewhere, so this is long. */
const STUCK_MS = 120_000;

/** Starts the loop: a round each interval, in one of the replicas. */
export function startReplayLoop(deps: ReplayLoopDeps): ReplayLoop {
  const outage = createOutageLog(deps.logger, "automatic replay");
  const scans = deps.queues.map((queue) => createScan(deps.redis, queue));
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let lookedAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function look(): Promise<void> {
    lookedAtMs = performance.now();
    if (!(await deps.leader.leads())) return;
    if (lookedAtMs - startedAtMs < deps.settings().intervalMs) return;
    startedAtMs = lookedAtMs;
    await runRound(deps, async () => (await Promise.all(scans.map((scan) => scan.next()))).flat());
  }

  async function loop(): Promise<void> {
    try {
      await look();
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void loop(), LOOK_MS);
  }

  // Before the first look every gate is closed, and that is no news.
  void deps.gates.ready.then(loop);
  return {
    problem: () =>
      performance.now() - lookedAtMs > STUCK_MS ? "the replay loop does not come round" : undefined,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** One round: look at the gates, take a step of the pace, pick, and ask for each. */
async function runRound(deps: ReplayLoopDeps, scan: () => Promise<PlacedEntry[]>): Promise<void> {
  const settings = deps.settings();
  const answer = deps.gates.ask({ isAutomatic: true });
  const isTried = isDestinationDown(answer);
  const pace = await takePaceStep(deps, { isTried, most: settings.batchSize });
  deps.onPace(pace.allowed);
  if (answer.kind === "closed") deps.metrics.blocked(answer.gate);
  // Terminal moves touch nothing but the dead letters: only the switch stops them.
  if (!settings.isEnabled) return;
  const quarantined = await deps.readQuarantined();
  const canaries = await readCanaryStates(deps);
  const selection = selectAutomatic(await scan(), {
    settings,
    most: mostOf(answer, pace.allowed) - deps.delayed(),
    isQuarantined: (fingerprint) => quarantined.has(fingerprint),
    canaryOf: (fingerprint) => canaries.get(fingerprint),
    nowMs: Date.now(),
  });
  for (const canary of selection.canaries) await sendAhead(deps, canary);
  const wanted = [...selection.bury.slice(0, settings.batchSize), ...selection.replay];
  for (const { queue, id } of wanted) {
    const found = deps.queues.find(({ name }) => name === queue);
    if (found) await requestReplay(deps, found, id, { by: "auto" });
    if (!deps.settings().isEnabled) return;
  }
}

/** After it was away the destination gets one, then three, then more. */
function isDestinationDown(answer: GateAnswer): boolean {
  if (answer.kind !== "closed") return answer.kind === "canary";
  return answer.gate === "breaker" || answer.gate === "moog_health";
}

function mostOf(answer: GateAnswer, allowed: number): number {
  if (answer.kind === "closed") return 0;
  return answer.kind === "canary" ? 1 : allowed;
}
