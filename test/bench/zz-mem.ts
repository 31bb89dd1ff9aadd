import { startMutt } from "/work/main/test/bench/systems/mutt.ts";
import { startLoad } from "/work/main/test/bench/load/load.ts";
import { startSink } from "/work/main/test/bench/sink/sink.ts";
import { measureStep, warmUp } from "/work/main/test/bench/scenarios/measure-step.ts";
import { readUsage } from "/work/main/test/bench/processes/usage.ts";
import { APPS } from "/work/main/node_modules/@mutt/stack/src/index.ts";
const opts = process.argv[2];
await using load = await startLoad();
await using sink = await startSink();
const own = opts ? Object.fromEntries(APPS.map((a) => [a, { NODE_OPTIONS: opts }])) : {};
await using m = await startMutt(sink, APPS, own);
const show = async (t: string) => {
  const row: Record<string, string> = {};
  for (const name of ["ingestor", "alerter", "forwarder"] as const) {
    const app = m.pipeline.app(name);
    const u = await readUsage(app.pid);
    const g = async (n: string) => Math.round((await app.metric(n)) / 2 ** 20);
    row[name] = `rss ${Math.round(u!.rssBytes / 2 ** 20)} heap ${await g("nodejs_heap_size_used_bytes")}/${await g("nodejs_heap_size_total_bytes")} ext ${await g("nodejs_external_memory_bytes")}`;
  }
  console.log(t, row);
};
await show("start");
await warmUp({ load, sink }, m);
await show("warm");
const c = { name: "m", title: "", forwardEvery: 1 };
for (let i = 0; i < 6; i++) {
  await measureStep({ load, sink }, m, { ...c, perPost: 100, connections: 8 }, { maxEvents: 10000, maxMs: 8000 });
  await measureStep({ load, sink }, m, { ...c, perPost: "single", connections: 64 }, { maxEvents: 3000, maxMs: 8000 });
  await show(`burst ${i}`);
}
