/** How a private Redis keeps data and memory. */
export type RedisSettings = {
  /** Where its data lives; made when missing. */
  dir: string;
  password: string;
  /** As Redis writes it, e.g. `512mb`; `0` is no limit. */
  maxmemory: string;
  /**
   * When the append-only file reaches the disk: before each answer, about every second, or when the
   * system sees fit; `off` keeps no file at all (tests). With all but `off` what was answered survives
   * the death of any process.
   */
  appendfsync: "always" | "everysec" | "no" | "off";
};

/** The text of the config file for a private Redis: loopback only, append-only file, no eviction. */
export function configText(port: number, settings: RedisSettings): string {
  const keepsFile = settings.appendfsync !== "off";
  const lines = [
    "bind 127.0.0.1",
    "protected-mode yes",
    `port ${port}`,
    `requirepass ${quote(settings.password)}`,
    `dir ${quote(settings.dir)}`,
    "daemonize no",
    `appendonly ${keepsFile ? "yes" : "no"}`,
    ...(keepsFile ? [`appendfsync ${ownAppendfsync(settings.appendfsync)}`] : []),
    // Snapshots beside the append-only file would only cost forks.
    'save ""',
    `maxmemory ${settings.maxmemory}`,
    // Queued alerts must never be dropped to make room: writes are refused instead.
    "maxmemory-policy noeviction",
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Redis's own `everysec` answers before the write while a flush runs, so a kill at that moment loses
 * what was answered (seen in 3 of 20 kills under load). With `no` every answer comes after its write,
 * and the flush is made by `syncEverySecond`, from outside.
 */
function ownAppendfsync(asked: RedisSettings["appendfsync"]): "always" | "no" {
  return asked === "always" ? "always" : "no";
}

/** Quotes a value for the config file, where spaces, quotes and backslashes have a meaning. */
function quote(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
