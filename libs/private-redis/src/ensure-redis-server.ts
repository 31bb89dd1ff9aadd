import { ensurePackage } from "@mutt/machine-packages";
import { REDIS_SEARCH, type RedisServer } from "./find-redis-server.ts";

/** The oldest version the queues are recommended to run on. */
const OLDEST = { major: 6, minor: 2 };

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
  const server = await ensurePackage(
    {
      ...REDIS_SEARCH,
      name: "Redis",
      packages: ["redis-server"],
      services: ["redis-server"],
      howToInstall: HOW_TO_INSTALL,
    },
    options.log,
  );
  return refuseOld(server);
}

function refuseOld(server: RedisServer): RedisServer {
  const [major = 0, minor = 0] = server.version.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return server;
  throw new Error(
    `${server.command} ${server.version} is too old: 6.2 or newer is needed. ${HOW_TO_INSTALL}.`,
  );
}
