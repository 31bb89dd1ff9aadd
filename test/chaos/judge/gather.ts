import type { SentRequest } from "../oracle/sent.ts";
import { markerIn } from "../oracle/sent.ts";
import { UNHANDLED_THRESHOLD } from "../stack/settings.ts";
import type { Stack } from "../stack/stack.ts";
import type { Delivery, Evidence } from "./evidence.ts";
import { readLogs } from "./read-logs.ts";
import { readParked } from "./read-parked.ts";

/** Collects what is known of a run once it has come to rest. */
export async function gatherEvidence(
  stack: Stack,
  requests: readonly SentRequest[],
  inHand: number,
): Promise<Evidence> {
  const { client, prefix } = stack;
  return {
    requests,
    deliveries: readDeliveries(stack),
    parked: await readParked(client, prefix),
    logged: new Set(readLogs(stack.processes, "alerter", "event logged, not forwarded").keys()),
    strays: await readStrays(stack),
    strayThreshold: UNHANDLED_THRESHOLD,
    inHand,
  };
}

function readDeliveries({ receiver }: Stack): Delivery[] {
  return receiver.alerts({ limit: 200_000 }).map(({ external_id, delivered, alert }) => {
    const info = alert?.custom_info as { generated?: boolean } | undefined;
    const isGenerated = info?.generated === true;
    const marker = isGenerated ? undefined : markerIn(alert?.description);
    return {
      id: external_id,
      times: delivered,
      hostname: String(alert?.source ?? ""),
      isGenerated,
      ...(marker === undefined ? {} : { marker }),
    };
  });
}

async function readStrays({ client, prefix }: Stack): Promise<Map<string, number>> {
  const start = `${prefix}:unhandled:`;
  const counts = new Map<string, number>();
  for (const key of await client.keys(`${start}*`)) {
    const host = key.slice(start.length).split(":")[0] ?? "";
    const count = Number(await client.hget(key, "count"));
    counts.set(host, (counts.get(host) ?? 0) + count);
  }
  return counts;
}
