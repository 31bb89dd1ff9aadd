import { fileURLToPath } from "node:url";

/** As V8 writes it; times are microseconds on the machine's monotonic clock. */
export interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  startTime: number;
  samples: number[];
  timeDeltas: number[];
}

/** Time spent in one function itself, not in what it calls. */
export interface SelfTime {
  name: string;
  place: string;
  milliseconds: number;
  /** Of the time in which the process was busy, 0 to 1. */
  share: number;
}

/** Adds up self time by function between two times (milliseconds, monotonic); idle time is left out. */
export function selfTimes(
  profile: CpuProfile,
  window: { fromMs: number; toMs: number },
): SelfTime[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const sums = new Map<string, Omit<SelfTime, "share">>();
  let time = profile.startTime;
  let busyMs = 0;
  profile.samples.forEach((id, index) => {
    const delta = profile.timeDeltas[index] ?? 0;
    time += delta;
    const frame = nodes.get(id);
    if (!frame || frame.functionName === "(idle)") return;
    if (time < window.fromMs * 1000 || time > window.toMs * 1000) return;
    const milliseconds = delta / 1000;
    busyMs += milliseconds;
    const name = frame.functionName || "(anonymous)";
    const place = placeOf(frame);
    const key = `${name} ${place}`;
    const sum = sums.get(key) ?? { name, place, milliseconds: 0 };
    sum.milliseconds += milliseconds;
    sums.set(key, sum);
  });
  return [...sums.values()]
    .map((sum) => ({ ...sum, share: sum.milliseconds / busyMs }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Adds self times up by package: an app or lib of ours, a dependency, or Node itself. */
export function byPackage(times: readonly SelfTime[]): SelfTime[] {
  const sums = new Map<string, SelfTime>();
  for (const { place, milliseconds, share } of times) {
    const name = packageOf(place);
    const sum = sums.get(name) ?? { name, place: "", milliseconds: 0, share: 0 };
    sum.milliseconds += milliseconds;
    sum.share += share;
    sums.set(name, sum);
  }
  return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

function placeOf({ url, lineNumber }: { url: string; lineNumber: number }): string {
  if (url === "") return "";
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  return `${file.replace(ROOT, "")}:${lineNumber + 1}`;
}

function packageOf(place: string): string {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place) ?? [];
  if (dependency !== undefined) return dependency;
  const [, own] = /^((?:apps|libs)\/[^/]+)/.exec(place) ?? [];
  if (own !== undefined) return own;
  return place.startsWith("node:") ? place.split(":", 2).join(":") : "(engine)";
}
