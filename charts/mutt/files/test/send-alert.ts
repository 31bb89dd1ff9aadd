// What `helm test` runs, in the image of the apps: puts a rule in place, posts an event that only this rule matches,
// sees an alert delivered, and takes the rule away. It reaches your incident platform as an alert for a ticket.
import { randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";

const { INGEST_URL, ADMIN_URL, FORWARDER_HOST, FORWARDER_PORT } = process.env;
const ingestKey = secretsIn(process.env.INGEST_API_KEYS)[0] ?? fail("INGEST_API_KEYS holds no key");
const adminKey =
  secretsIn(process.env.ADMIN_API_KEYS, ":admin:")[0] ??
  fail("ADMIN_API_KEYS holds no key of role admin, which the rule of this test needs");
const deadline = Date.now() + Number(process.env.TIMEOUT_SECONDS ?? 120) * 1000;

/** How long one event is waited for: a rule is known everywhere within seconds, and until then nothing matches. */
const LOOK_MS = 10_000;

/** The secrets of `name:secret,name:role:secret` that have the given text before them. */
function secretsIn(keys = "", before = ":"): string[] {
  const entries = keys.split(",").map((entry) => entry.trim());
  return entries.flatMap((entry) =>
    entry.includes(before) ? entry.slice(entry.lastIndexOf(":") + 1) : [],
  );
}

function fail(text: string): never {
  console.error(text);
  process.exit(1);
}

async function call(url: string, key: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", "x-api-key": key },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Alerts that the forwarders of now have delivered, over all of them. */
async function readDelivered(): Promise<number> {
  const pods = await lookup(FORWARDER_HOST ?? "", { all: true });
  const counts = pods.map(async ({ address, family }) => {
    const host = family === 6 ? `[${address}]` : address;
    const response = await fetch(`http://${host}:${FORWARDER_PORT}/metrics`, {
      signal: AbortSignal.timeout(10_000),
    });
    const lines = (await response.text()).split("\n");
    return lines
      .filter((line) => /^mutt_forward_alerts_total\{.*outcome="delivered"/.test(line))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);
  });
  return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
}

/** Posts one event and looks whether more is delivered than before. */
async function sendAndLook(token: string): Promise<boolean> {
  const before = await readDelivered();
  const event = {
    hostname: "mutt-helm-test.example.net",
    severity: "Informational",
    message: `MUTT helm test ${token}: an alert of no importance, sent to see that it arrives`,
  };
  await call(`${INGEST_URL}/api/v1/ingest`, ingestKey, "POST", event);
  for (const until = Date.now() + LOOK_MS; Date.now() < until; await sleep(500)) {
    if ((await readDelivered()) > before) return true;
  }
  return false;
}

const token = randomUUID();
const startedAt = Date.now();
const rule = (await call(`${ADMIN_URL}/api/v1/rules`, adminKey, "POST", {
  name: `helm test ${token}`,
  match_type: "contains",
  match_string: token,
  priority: 0,
  prod_handling: "Ticket_only",
  dev_handling: "Ticket_only",
  team_assignment: "mutt-test",
  is_active: true,
})) as { id: number };
let isDelivered = false;
try {
  while (!isDelivered && Date.now() < deadline) isDelivered = await sendAndLook(token);
} finally {
  await call(`${ADMIN_URL}/api/v1/rules/${rule.id}`, adminKey, "DELETE");
}
if (!isDelivered)
  fail("no alert was delivered: see the forwarder's log and the console's dead letters");
console.log(`an alert was delivered, ${Date.now() - startedAt} ms after the rule for it`);
