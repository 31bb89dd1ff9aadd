import { APPS } from "@mutt/stack";
import { waitFor } from "@mutt/testkit";
import type { Timeline } from "../report/timeline.ts";
import type { Stack } from "./stack.ts";

/** How long the apps may take to be ready once nothing is wrong any more, in milliseconds. */
const READY_MS = 60_000;

/** How long the admin API may take to answer after that, in milliseconds. */
const ADMIN_MS = 30_000;

/** Ends whatever a fault has left behind; throws when an app does not get ready. */
export async function healStack(stack: Stack, timeline: Timeline): Promise<void> {
  const { processes, receiver, links } = stack;
  for (const link of links.values()) link.set({ kind: "open" });
  receiver.setMode({ mode: "ok" });
  for (const app of APPS) {
    processes.signal(app, "SIGCONT");
    await processes.stop(app, "second");
    await processes.start(app);
  }
  await processes.untilReady(READY_MS);
  timeline.note("all apps are ready");
  await resetSettings(stack);
  timeline.note("settings are as they were");
}

async function resetSettings(stack: Stack): Promise<void> {
  await waitFor(
    async () => {
      const { items } = (await stack.admin("GET", "/api/v1/config?limit=200")) as {
        items: { key: string; source: string }[];
      };
      const changed = items.filter(({ source }) => source === "redis");
      for (const { key } of changed) await stack.admin("DELETE", `/api/v1/config/${key}`);
      return changed.length === 0;
    },
    { what: "the settings are reset", timeoutMs: ADMIN_MS, everyMs: 200 },
  );
}
