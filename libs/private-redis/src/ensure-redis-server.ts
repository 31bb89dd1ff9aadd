import { execFile } from "node:child_process";
import { access, rm, writeFile } from "node:fs/promises";
import { findRedisServer, type RedisServer } from "./find-redis-server.ts";

/** The oldest version the queues are recommended to run on. */
const OLDEST = { major: 6, minor: 2 };

/** Debian's hook that package scripts ask before they start a service; 101 means "do not". */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

const HOW_TO_INSTALL =
  "Debian/Ubuntu: apt-get install redis-server; RHEL/Fedora: dnf install redis (or valkey); " +
  "Alpine: apk add redis; macOS: brew install redis. Or set REDIS_URL to a Redis that runs already";

/**
 * Finds a Redis server program, and installs one with apt-get when there is none and this process is
 * root; each step is told through `log`. Throws one sentence that says what to install when it can
 * do neither, or when the server found is older than 6.2.
 */
export async function ensureRedisServer(options: {
  log: (line: string) => void;
}): Promise<RedisServer> {
  const found = await findRedisServer();
  if (found) return refuseOld(found);

  if (process.getuid?.() !== 0 || !(await runs("apt-get", ["--version"]))) {
    throw new Error(`No redis-server or valkey-server on the PATH. ${HOW_TO_INSTALL}.`);
  }
  await installWithApt(options.log);

  const installed = await findRedisServer();
  if (!installed) {
    throw new Error(
      `apt-get installed redis-server, but it is not on the PATH. ${HOW_TO_INSTALL}.`,
    );
  }
  options.log(`installed ${installed.command} ${installed.version}`);
  return refuseOld(installed);
}

function refuseOld(server: RedisServer): RedisServer {
  const [major = 0, minor = 0] = server.version.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return server;
  throw new Error(
    `${server.command} ${server.version} is too old: 6.2 or newer is needed. ${HOW_TO_INSTALL}.`,
  );
}

async function installWithApt(log: (line: string) => void): Promise<void> {
  log("no redis-server on the PATH: installing it with apt-get (no service is started)");
  const release = await forbidServiceStart();
  try {
    // An update that fails in part (one dead mirror) may still leave a usable list.
    await runApt(["update"]).catch((error: Error) => log(`apt-get update: ${error.message}`));
    await runApt(["install", "-y", "--no-install-recommends", "redis-server"]);
  } catch (error) {
    throw new Error(
      `apt-get could not install redis-server (${(error as Error).message}). ${HOW_TO_INSTALL}.`,
      { cause: error },
    );
  } finally {
    await release();
  }
  // The package also switches its service on for the next boot; nobody asked for that.
  if (await exists("/run/systemd/system")) await runs("systemctl", ["disable", "redis-server"]);
}

/** Keeps package scripts from starting services until the returned function is called. */
async function forbidServiceStart(): Promise<() => Promise<void>> {
  try {
    await writeFile(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { flag: "wx", mode: 0o755 });
  } catch {
    // The machine has its own policy: it is the owner's, and containers' usual one says "do not".
    return async () => {};
  }
  return () => rm(SERVICE_POLICY, { force: true });
}

function runApt(args: string[]): Promise<void> {
  // Another apt-get may hold the lock, e.g. unattended upgrades: wait for it instead of failing.
  const settings = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  return new Promise((resolve, reject) => {
    execFile(
      "env",
      [...settings, ...wait, ...args],
      { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 },
      (error, _stdout, stderr) => {
        if (!error) return resolve();
        const lastLine = stderr.trim().split("\n").at(-1);
        reject(new Error(lastLine || error.message, { cause: error }));
      },
    );
  });
}

function runs(command: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 30_000 }, (error) => resolve(error === null));
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
