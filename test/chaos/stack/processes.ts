import { APPS, type AppName } from "@mutt/stack";
import { type SpawnedApp, spawnApp } from "@mutt/testkit";

/** The first process of an app, or a second one beside it. */
type Place = "first" | "second";

/** The processes of the apps, each app with up to two. */
export interface Processes extends AsyncDisposable {
  /** Those that run now. */
  running(app?: AppName): readonly SpawnedApp[];
  /** Every process there was, for its log. */
  all(): readonly SpawnedApp[];
  /** Starts a process unless there is one in that place; it need not be ready. */
  start(app: AppName, place?: Place): Promise<void>;
  kill(app: AppName, place?: Place): Promise<void>;
  /** Asks it to end. */
  stop(app: AppName, place?: Place): Promise<void>;
  signal(app: AppName, signal: "SIGSTOP" | "SIGCONT"): void;
  /** When a process of the app was last killed: epoch milliseconds, 0 for never. */
  lastKilledAt(app: AppName): number;
  /** Waits until the first process of every app is ready. */
  untilReady(timeoutMs: number): Promise<void>;
  /** What no process may do: end by itself, or not end when it is asked to. */
  problems: readonly string[];
}

/** How long a process that was asked to end may take, in milliseconds: its own deadline, and a busy machine. */
const STOP_MS = 15_000;

/** Starts nothing yet; `environmentOf` gives the variables of an app's processes. */
export function createProcesses(
  environmentOf: (app: AppName) => Record<string, string>,
): Processes {
  const places = new Map<string, SpawnedApp>();
  const all: SpawnedApp[] = [];
  const problems: string[] = [];
  const killedAt = new Map<AppName, number>();
  const keyOf = (app: AppName, place: Place): string => `${place} ${app}`;

  /** From here on its end is no surprise. */
  function take(app: AppName, place: Place): SpawnedApp | undefined {
    const found = places.get(keyOf(app, place));
    places.delete(keyOf(app, place));
    return found;
  }

  async function start(app: AppName, place: Place = "first"): Promise<void> {
    const key = keyOf(app, place);
    if (places.has(key)) return;
    const spawned = await spawnApp(app, { env: environmentOf(app) });
    all.push(spawned);
    places.set(key, spawned);
    void spawned.exited.then(({ code, signal }) => {
      if (places.get(key) !== spawned) return;
      places.delete(key);
      const end = spawned.logs().slice(-1500);
      problems.push(`the ${key} ended by itself (${signal ?? `code ${code}`}):\n${end}`);
    });
  }

  async function stop(app: AppName, place: Place = "first"): Promise<void> {
    const spawned = take(app, place);
    const ended = await spawned?.stop({ graceMs: STOP_MS });
    if (ended === undefined || ended.code === 0) return;
    // It had not come so far as to listen for the signal.
    if (ended.signal === "SIGTERM" && spawned?.logs() === "") return;
    const how = ended.signal ?? `code ${ended.code}`;
    problems.push(`the ${place} ${app} was asked to stop and ended with ${how}`);
  }

  return {
    problems,
    start,
    stop,
    running: (app) => [...places.values()].filter(({ name }) => app === undefined || name === app),
    all: () => all,
    lastKilledAt: (app) => killedAt.get(app) ?? 0,
    async kill(app, place = "first") {
      await take(app, place)?.kill9();
      killedAt.set(app, Date.now());
    },
    signal: (app, signal) => places.get(keyOf(app, "first"))?.signal(signal),
    async untilReady(timeoutMs) {
      await Promise.all(APPS.map((app) => places.get(keyOf(app, "first"))?.waitReady(timeoutMs)));
    },
    async [Symbol.asyncDispose]() {
      const left = [...places.values()];
      places.clear();
      await Promise.all(left.map((app) => app.kill9()));
      await Promise.all(all.map((app) => app[Symbol.asyncDispose]()));
    },
  };
}
