import { startPipeline, TEST_KEYS } from "@mutt/testkit";
import { test } from "vitest";
import { readChunks, sendRaw } from "./ingest-client.ts";

test("x", async () => {
  await using p = await startPipeline({ testName: "scratch", apps: ["ingestor"] });
  const r = await p.ingest({ hostname: "a", message: "b" });
  console.log(r.status, [...r.headers], await r.text());
  console.log(JSON.stringify(await readChunks(p)));
  const big = Buffer.alloc(6 * 1024 * 1024, 0x20);
  for (const [k, conn] of [
    ["wrong", "close"],
    ["wrong", "keep-alive"],
    [TEST_KEYS.ingest, "close"],
  ]) {
    let ok = 0,
      bad: string[] = [];
    for (let i = 0; i < 10; i++) {
      const head = Buffer.from(
        `POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-API-KEY: ${k}\r\nConnection: ${conn}\r\nContent-Length: ${big.length}\r\n\r\n`,
      );
      try {
        const [a] = await sendRaw(p.app("ingestor").url, Buffer.concat([head, big]));
        if (a!.status < 500) ok++;
      } catch (e) {
        bad.push(String(e));
      }
    }
    console.log(k, conn, ok, bad[0]);
  }
  const t = Date.now();
  const rs = await Promise.all(
    Array.from({ length: 200 }, (_, i) => p.ingest({ hostname: "h", message: `m${i}` })),
  );
  console.log(
    "200 posts",
    Date.now() - t,
    rs.filter((r) => r.status === 202).length,
    (await readChunks(p)).length,
  );
  console.log(p.app("ingestor").logs());
});
