// Entry point of `npm run demo`: the sample events of test/data through the running stack.
import { homeAt } from "./home.ts";
import { findReplicas } from "./replicas.ts";
import { runDemo } from "./run-demo.ts";
import { readSampleFiles } from "./sample-events.ts";
import { readStackFile } from "./stack-file.ts";

process.stdout.on("error", () => {});
try {
  const home = homeAt(process.env.MUTT_HOME);
  const stack = await readStackFile(home);
  if (!stack) throw new Error(`no stack runs in ${home.dir}: start one with npm start`);
  const { ingestor, alerter, forwarder, receiver } = stack.urls;
  const isAccounted = await runDemo(
    await readSampleFiles(),
    {
      ingestUrl: `${ingestor}/api/v1/ingest`,
      ingestKey: stack.ingest_key,
      alerterUrls: [alerter ?? "", ...(await findReplicas(home, "alerter"))],
      forwarderUrls: [forwarder ?? "", ...(await findReplicas(home, "forwarder"))],
      ...(receiver !== undefined && { receiverUrl: receiver }),
    },
    process.stdout,
  );
  process.exitCode = isAccounted ? 0 : 1;
} catch (error) {
  console.error(`the demo cannot go on: ${(error as Error).message}`);
  process.exitCode = 1;
}
