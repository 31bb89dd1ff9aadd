import type { Home } from "./home.ts";
import type { Plan } from "./plan.ts";

/** The lines that `npm start` ends its start-up with, save the last one: addresses, keys, what to try. */
export function summaryLines(plan: Plan, home: Home): string[] {
  const { keys, receiverUrl } = plan;
  const ingest = `${plan.url("ingestor")}/api/v1/ingest`;
  const line = (topic: string, text: string): string => `  ${topic.padEnd(14)} ${text}`;
  const madeIngestKey = keys.shown.find(({ role }) => role === "ingest")?.secret;
  return [
    "",
    line("ingest API", ingest),
    line("console", `${plan.url("admin")}/  (sign in with the admin key)`),
    line("alerts go to", receiverUrl ? `${receiverUrl}/alerts  (local receiver)` : plan.webhookUrl),
    ...keys.shown.map(({ role, secret }) => line(`${role} key`, secret)),
    line("logs", home.logFile("<app>")),
    line("keys are in", home.credentialsFile),
    "",
    "  Try it:",
    `    curl -sS ${ingest} -H 'Content-Type: application/json' \\`,
    `      -H 'X-API-KEY: ${madeIngestKey ?? "<a secret of INGEST_API_KEYS>"}' \\`,
    `      -d '{"hostname":"core-1.example.net","syslog_severity":"Critical","message":"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"}'`,
    ...(receiverUrl ? [`    curl -sS '${receiverUrl}/alerts?limit=1'`] : []),
    "  or, for all sample events: npm run demo",
    "",
  ];
}
