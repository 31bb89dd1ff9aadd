import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { homeAt, makeHome } from "./home.ts";
import { findReplicas, registerReplica } from "./replicas.ts";

test("finds the processes of an app that have joined and still answer", async () => {
  const dir = await mkdtemp(join(tmpdir(), "mutt-replicas-"));
  const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await rm(dir, { recursive: true, force: true });
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const home = homeAt(dir);
  await makeHome(home);

  registerReplica(home, { name: "alerter", url });
  const gone = { name: "alerter", url: "http://127.0.0.1:1" };
  await writeFile(home.pidFile("replica-1"), JSON.stringify(gone));
  await writeFile(home.pidFile("replica-2"), "{");
  expect(await findReplicas(home, "alerter")).toEqual([url]);
  expect(await findReplicas(home, "forwarder")).toEqual([]);
});
