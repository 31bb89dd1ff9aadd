import type { IngestedEvent } from "@mutt/event";
import { createOutageLog } from "@mutt/redis";
import { compileRules, type Rule, type RuleSet } from "@mutt/rules";
import type { Logger } from "@mutt/service";
import { type RuleBook, readRuleBook, readRuleBookVersion, type StoreDeps } from "@mutt/store";

/** The rules in force, ready to be asked. */
export interface CompiledBook {
  version: number;
  size: number;
  match(event: Pick<IngestedEvent, "message" | "severity" | "trap_oid">): Rule | undefined;
  environmentOf(hostname: string): "dev" | "prod";
  teamOf(hostname: string): string | undefined;
}

/** Holds the last good rule set and follows changes. */
export interface RuleCache extends AsyncDisposable {
  /** The rules in force; `undefined` until a set was loaded for the first time. */
  current(): CompiledBook | undefined;
  /** Resolves when the first set was loaded. */
  loaded: Promise<void>;
}

/** How often the version of the rules is asked for: a change is in force within 2 s. */
const POLL_MS = 1000;

/**
 * Starts following the rules.
 * One small read a second instead of a subscription: a lost notice cannot matter. While Redis is away, and
 * when a stored set cannot be used, the last good one stays in force.
 */
export function startRuleCache(
  deps: StoreDeps & { logger: Logger; reloadIntervalSeconds(): number },
): RuleCache {
  const { logger } = deps;
  const first = Promise.withResolvers<void>();
  const outage = createOutageLog(logger, "loading rules (the last good set stays in force)");
  let book: CompiledBook | undefined;
  let content = "";
  let loadedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function refresh(): Promise<void> {
    const isDue = Date.now() - loadedAt >= deps.reloadIntervalSeconds() * 1000;
    if (book !== undefined && !isDue && (await readRuleBookVersion(deps)) === book.version) return;
    const read = await readRuleBook(deps);
    loadedAt = Date.now();
    // Compiling thousands of rules holds up the event loop: only for a set that is a different one.
    const text = JSON.stringify([read.version, read.rules, [...read.devHosts], [...read.teams]]);
    if (book !== undefined && text === content) return;
    book = compileBook(read);
    content = text;
    logger.info("rules loaded", { rules: book.size, version: book.version });
    first.resolve();
  }

  async function poll(): Promise<void> {
    try {
      await refresh();
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void poll(), POLL_MS);
  }

  void poll();
  return {
    current: () => book,
    loaded: first.promise,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Compiles what was read; throws when a rule does not compile. */
function compileBook(read: RuleBook): CompiledBook {
  const rules: RuleSet = compileRules(read.rules);
  const devHosts = new Set([...read.devHosts].map((host) => host.toLowerCase()));
  const teams = new Map([...read.teams].map(([host, team]) => [host.toLowerCase(), team]));
  return {
    version: read.version,
    size: rules.size,
    match: (event) => rules.match(event),
    environmentOf: (hostname) => (devHosts.has(hostname.toLowerCase()) ? "dev" : "prod"),
    teamOf: (hostname) => teams.get(hostname.toLowerCase()),
  };
}
