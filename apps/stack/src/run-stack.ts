import type { Environment } from "@mutt/service";
import { ensureConsole } from "./console-build.ts";
import { loadCredentials } from "./credentials.ts";
import { homeAt, makeHome } from "./home.ts";
import type { Interrupt } from "./interrupt.ts";
import { stopLeftovers } from "./leftovers.ts";
import { lockHome } from "./lock.ts";
import { describeStack, type Plan, planStack } from "./plan.ts";
import { redisSettingsFrom, startRedisStep } from "./redis-step.ts";
import type { Report } from "./report.ts";
import { loadRulesStep } from "./rules-step.ts";
import { runSelfTest, type SelfTest } from "./self-test.ts";
import { serviceEnv } from "./service-env.ts";
import { hasOwnRedis, parseSettings } from "./settings.ts";
import { writeStackFile } from "./stack-file.ts";
import { createServices } from "./start-services.ts";
import { summaryLines } from "./summary.ts";

/** Beyond the apps' own deadline, so that they, not the supervisor, say what was left. */
const STOP_MARGIN_MS = 3_000;

/** Redis has only to write down what it has. */
const REDIS_STOP_LIMIT_MS = 30_000;

/** How long the test alert may take before the start goes on without it. */
const SELF_TEST_LIMIT_MS = 30_000;

/**
 * Brings the whole pipeline up, keeps it running until it is interrupted, and takes it down again:
 * apps, receiver, Redis, in this order. Throws, with everything down again, when it does not come up.
 */
export async function runStack(
  env: Environment,
  report: Report,
  interrupt: Interrupt,
): Promise<void> {
  const startedAt = Date.now();
  const settings = parseSettings(env);
  const home = homeAt(settings.MUTT_HOME);
  const graceMs = settings.SHUTDOWN_TIMEOUT_MS + STOP_MARGIN_MS;
  await using parts = new AsyncDisposableStack();

  await makeHome(home);
  parts.use(await lockHome(home));
  const credentials = await loadCredentials(home.credentialsFile);
  const leftovers = await stopLeftovers(home, { graceMs, redisPort: credentials.redis_port });
  if (leftovers.length > 0) {
    report.step("left-overs", `of an earlier start are stopped: ${leftovers.join(", ")}`);
  }
  if (await ensureConsole()) report.step("console", "built for the admin app");
  const plan = await planStack(settings, credentials);
  const { additions } = plan;
  if (settings.MOOG_WEBHOOK_URL && !settings.MOOG_API_KEY) {
    report.notice("MOOG_API_KEY is not set: MOOG_WEBHOOK_URL is sent a made-up one");
  }
  interrupt.stop.throwIfAborted();

  if (!hasOwnRedis(settings)) {
    const redis = await startRedisStep({ home, settings, credentials, report });
    parts.defer(() => redis.process.stop({ graceMs: REDIS_STOP_LIMIT_MS }));
    additions.made.REDIS_URL = redis.url;
  }
  const redisSettings = redisSettingsFrom({ ...env, ...additions.made });
  const rules = await loadRulesStep({ redisSettings, prefix: settings.QUEUE_PREFIX }, report);
  interrupt.stop.throwIfAborted();

  const services = createServices(
    {
      services: plan.services,
      home,
      urlOf: plan.url,
      envOf: (name) => ({
        NODE_COMPILE_CACHE: home.cacheDir,
        ...serviceEnv(name, env, additions),
      }),
    },
    report,
    interrupt,
  );
  parts.defer(() => services.stop({ graceMs, force: interrupt.force }));
  await services.start();
  parts.use(await writeStackFile(home, describeStack(plan, env)));

  await selfTestStep(plan, rules, report, interrupt.stop);
  report.plain(...summaryLines(plan, home));
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  report.plain(`mutt ready after ${seconds} s; Ctrl-C drains and stops everything`);

  await untilAborted(interrupt.stop);
  report.plain("stopping: the apps finish or give back what they hold");
}

async function selfTestStep(
  plan: Plan,
  rules: { forwardsSelfTest: boolean },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { receiverUrl } = plan;
  if (!receiverUrl) return;
  if (!rules.forwardsSelfTest) {
    report.notice("no test alert is sent: the rules in force would not forward it");
    return;
  }
  try {
    const result = await runSelfTest({
      ingestUrl: `${plan.url("ingestor")}/api/v1/ingest`,
      ingestKey: plan.keys.ingest,
      receiverUrl,
      timeoutMs: SELF_TEST_LIMIT_MS,
      signal,
    });
    report.step("test alert", describeSelfTest(result));
  } catch (error) {
    signal.throwIfAborted();
    // The stack is up all the same, perhaps full of what it held before: its user decides.
    report.notice(`the test alert failed: ${(error as Error).message}`);
  }
}

function describeSelfTest(result: SelfTest): string {
  return result.arrived
    ? `${result.id} arrived at the receiver after ${result.latencyMs} ms`
    : `${result.id} has not arrived after ${result.waitedMs / 1000} s: it waits behind others, or the forwarder is held back`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
