// Entry point of `npm start`: the whole pipeline on this machine, until a signal.
import { listenForInterrupt } from "./interrupt.ts";
import { createReport } from "./report.ts";
import { runStack } from "./run-stack.ts";

// A reader of the output that goes away must not take the pipeline with it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const report = createReport(process.stdout);
const interrupt = listenForInterrupt();
try {
  await runStack(process.env, report, interrupt);
  report.plain("stopped");
} catch (error) {
  if (interrupt.stop.aborted) {
    report.plain("stopped before it was ready");
  } else {
    report.failure((error as Error).message);
    process.exitCode = 1;
  }
}
