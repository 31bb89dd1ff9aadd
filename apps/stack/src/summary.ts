import type { Home } from "./home.ts";
import type { Keys } from "./keys.ts";

/** What the user of a fresh stack needs to know. */
export type Summary = {
  home: Home;
  keys: Keys;
  ingestUrl: string;
  adminUrl: string;
  receiverUrl: string | undefined;
  webhookUrl: string;
};

/** The lines that `npm start` ends its start-up with, save the last one: addresses, keys, what to try. */
export function summaryLines(summary: Summary): string[] {
  const { keys, receiverUrl, home } = summary;
  const line = (topic: string, text: string): string => `  ${topic.padEnd(14)} ${text}`;
  const madeIngestKey = keys.shown.find(({ role }) => role === "ingest")?.secret;
  return [
    "",
    line("ingest API", summary.ingestUrl),
    line("admin", `${summary.adminUrl}/  (Bull Board: ${summary.adminUrl}/queues)`),
    line("alerts go to", receiverUrl ? `${receiverUrl}/alerts  (local receiver)` : summary.webhookUrl),
    ...keys.shown.map(({ role, secret }) => line(`${role} key`, secret)),
    line("logs", home.logFile("<app>")),
    line("keys are in", home.credentialsFile),
    "",
    "  Try it:",
    `    curl -sS ${summary.ingestUrl} -H 'Content-Type: application/json' \\`,
    `      -H 'X-API-KEY: ${madeIngestKey ?? "<a secret of INGEST_API_KEYS>"}' \\`,
    `      -d '{"hostname":"core-1.example.net","syslog_severity":"Critical","message":"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"}'`,
    ...(receiverUrl ? [`    curl -sS '${receiverUrl}/alerts?limit=1'`] : []),
    "  or, for all sample events: npm run demo",
    "",
  ];
}
