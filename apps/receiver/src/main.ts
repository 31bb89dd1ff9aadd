// Entry point: read the environment, start the receiver, run until a signal.
import { once } from "node:events";
import { parseConfig } from "./config.ts";
import { startReceiver } from "./receiver.ts";

const log = (level: string, message: string, more: object = {}): void => {
  const line = {
    timestamp: new Date().toISOString(),
    level,
    service: "receiver",
    message,
    ...more,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const signal = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
try {
  const config = parseConfig(process.env);
  await using receiver = await startReceiver({
    host: config.HOST,
    port: config.SINK_PORT,
    ...(config.MOOG_API_KEY !== undefined && { apiKey: config.MOOG_API_KEY }),
  });
  log("info", "receiver started", { url: receiver.url });
  await signal;
  log("info", "receiver stopping");
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const cure = code === "EADDRINUSE" ? "; set SINK_PORT to a free port" : "";
  log("error", `the receiver cannot start: ${message}${cure}`);
  process.exitCode = 1;
}
