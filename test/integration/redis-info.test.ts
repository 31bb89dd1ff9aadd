import { connectPatient, disconnect, readMemoryUse, redisSettings } from "@mutt/redis";
import { startTestRedis, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { startTcpProxy } from "../chaos/faults/proxy.ts";

test("what is asked for while a connection is being made gets an answer, also when that connection never stands", async () => {
  await using server = await startTestRedis();
  const url = new URL(server.url);
  await using proxy = await startTcpProxy(Number(url.port), () => 0);
  proxy.set({ kind: "black_hole" });
  url.port = String(proxy.port);
  const redis = connectPatient(redisSettings({ REDIS_URL: url.href }), () => {});
  try {
    await waitFor(() => redis.status === "connect", { what: "it is in the middle of it" });
    const asked = readMemoryUse(redis).then(
      (use) => use,
      (error: Error) => error.message,
    );
    proxy.set({ kind: "cut" });
    proxy.set({ kind: "open" });
    await waitFor(() => redis.status === "ready", { what: "it stands" });
    // On the same connection: by then whatever was asked before has been answered, or never will be.
    await redis.ping();
    expect(await Promise.race([asked, "no answer"])).toBe("Redis is being connected");
    expect(await readMemoryUse(redis)).toBe(0);
  } finally {
    disconnect(redis);
  }
});
