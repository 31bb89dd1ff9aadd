// `npm start` and the commands beside it, as a person runs them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitFor } from "@mutt/testkit";

const PORTS = [
  "INGESTOR_PORT",
  "ALERTER_PORT",
  "FORWARDER_PORT",
  "REMEDIATION_PORT",
  "ADMIN_PORT",
  "SINK_PORT",
] as const;

/** Variables of a command. */
export type Env = Record<string, string>;

/** A place of its own: home and ports. */
export async function place(): Promise<{ env: Env; home: string } & AsyncDisposable> {
  const home = await mkdtemp(join(tmpdir(), "mutt-start-"));
  const env: Env = { MUTT_HOME: home, PATH: process.env.PATH ?? "" };
  for (const port of PORTS) env[port] = String(await freePort());
  return {
    env,
    home,
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** A command that was started. */
export interface Command {
  process: ChildProcess;
  /** What it wrote so far, to both streams. */
  output(): string;
  /** Resolves with its exit code. */
  ended: Promise<number | null>;
}

/** Starts a command with nothing but the given variables. */
export function run(command: string[], env: Env): Command {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (part: Buffer) => {
    output += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    output += part.toString();
  });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return { process: child, output: () => output, ended };
}

/** `npm start`, ready; Ctrl-C when disposed of. */
export async function startStack(env: Env): Promise<Command & AsyncDisposable> {
  const stack = run(["npm", "start"], env);
  await waitFor(
    () => {
      if (stack.process.exitCode !== null) throw new Error(`it ended:\n${stack.output()}`);
      return /^mutt ready/m.test(stack.output());
    },
    { what: `the stack is ready`, timeoutMs: 90_000 },
  ).catch((error: unknown) => {
    stack.process.kill("SIGTERM");
    throw new Error(stack.output(), { cause: error });
  });
  return {
    ...stack,
    async [Symbol.asyncDispose]() {
      stack.process.kill("SIGINT");
      await stack.ended;
    },
  };
}
