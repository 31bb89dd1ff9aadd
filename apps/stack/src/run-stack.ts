import type { Environment } from "@mutt/service";
import { loadCredentials } from "./credentials.ts";
import { type Home, homeAt, makeHome } from "./home.ts";
import type { Interrupt } from "./interrupt.ts";
import { type Keys, keysOf } from "./keys.ts";
import { stopLeftovers } from "./leftovers.ts";
import { lockHome } from "./lock.ts";
import { settlePorts } from "./ports.ts";
import { redisSettingsFrom, startRedisStep } from "./redis-step.ts";
import type { Report } from "./report.ts";
import { loadRulesStep } from "./rules-step.ts";
import { runSelfTest } from "./self-test.ts";
import { type Additions, additionsFor, serviceEnv } from "./service-env.ts";
import { APPS, type ServiceName } from "./services.ts";
import { hasOwnRedis, parseSettings, portsOf, type Settings } from "./settings.ts";
import { writeStackFile } from "./stack-file.ts";
import { startServices } from "./start-services.ts";
import { summaryLines } from "./summary.ts";
import { urlOf } from "./urls.ts";

/** Beyond the apps' own deadline, so that they, not the supervisor, say what was left. */
const STOP_MARGIN_MS = 3_000;

/** How long the test alert may take before the start goes on without it. */
const SELF_TEST_LIMIT_MS = 30_000;

/**
 * Brings the whole pipeline up, keeps it running until it is interrupted, and takes it down in the
 * reverse order: apps, receiver, Redis. Throws, with everything down again, when it does not come up.
 */
export async function runStack(env: Environment, report: Report, interrupt: Interrupt): Promise<void> {
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
    report.step("leftovers", `stopped what an earlier start had left: ${leftovers.join(", ")}`);
  }
  const keys = await keysOf(settings, credentials);
  const isLocal = settings.MOOG_WEBHOOK_URL === undefined;
  const services: ServiceName[] = isLocal ? ["receiver", ...APPS] : [...APPS];
  const ports = await settlePorts(portsOf(settings), { host: settings.HOST, services });
  const url = (name: ServiceName): string => urlOf(settings.HOST, ports[name]);

  const made: Record<string, string> = {
    HOST: settings.HOST,
    ...keys.made,
    ...destination(settings, { local: isLocal ? url("receiver") : undefined, key: credentials.moog_api_key }),
  };
  if (!isLocal && settings.MOOG_API_KEY === undefined) {
    report.notice("MOOG_API_KEY is not set: a made-up one is sent to MOOG_WEBHOOK_URL");
  }
  if (!hasOwnRedis(settings)) {
    const redis = await startRedisStep({ home, settings, credentials, report }, interrupt.stop);
    parts.defer(() => redis.supervised.stop({ graceMs: 30_000 }));
    made.REDIS_URL = redis.url;
  }
  const redisAt = {
    settings: redisSettingsFrom({ ...env, ...made }),
    prefix: settings.QUEUE_PREFIX,
  };
  const { forwardsSelfTest } = await loadRulesStep(redisAt, report);

  const additions: Additions = { ports, made };
  await startServices(services, {
    parts, home, report, interrupt, graceMs,
    urlOf: url,
    envOf: (name) => serviceEnv(name, env, additions),
  });
  parts.use(await writeStackFile(home, stackFile({ services, url, keys, env, additions })));

  const ingestUrl = `${url("ingestor")}/api/v1/ingest`;
  const receiverUrl = isLocal ? url("receiver") : undefined;
  if (receiverUrl && forwardsSelfTest) {
    await selfTest({ ingestUrl, receiverUrl, ingestKey: keys.ingest }, report, interrupt.stop);
  } else if (receiverUrl) {
    report.notice("no test alert was sent: the rules in force would not forward it");
  }
  report.plain(...summaryLines({ home, keys, ingestUrl, adminUrl: url("admin"), receiverUrl, webhookUrl: made.MOOG_WEBHOOK_URL ?? "" }));
  report.plain(`mutt ready in ${seconds(startedAt)}; Ctrl-C drains and stops everything`);

  await untilAborted(interrupt.stop);
  report.plain("stopping: the apps finish or give back what they hold");
}
