import {
  type Overload,
  type OverloadSettings,
  type OverloadState,
  type Reading,
  SHEDS_NO_SEVERITY,
} from "./overload.ts";

/** Shedding ends at this share of the shed threshold: a depth that swings 10 % about it changes nothing. */
const EXIT_SHARE = 0.7;

/** A warning ends at this share of the warn threshold, for the same reason. */
const CALM_SHARE = 0.8;

/** How long what is left of the shedding fades out, in milliseconds. */
export const RECOVERY_MS = 10_000;

/** The smallest share that is shed in `shed`: less would leave the queue where it is. */
export const LEAST_SHARE = 0.1;

/** The drain rate follows a change within about this time, in milliseconds. */
const SMOOTHING_MS = 10_000;

/**
 * Takes one step of the overload's state machine; `undefined` for what was before means normal.
 *
 * normal → warn at `warn`; any → shed at `shed`, or when the oldest job is too old; shed → recovering at 70 % of
 * both; recovering → warn or normal after 10 s; warn → normal at 80 % of `warn`.
 * A reading at the same instant as the one before (a depth that this process knows better) leaves the drain rate.
 */
export function stepOverload(
  before: Overload | undefined,
  reading: Reading,
  settings: OverloadSettings,
): Overload {
  const { at } = reading;
  const state = nextState(before, reading, settings);
  const since = before === undefined || state !== before.state ? at : before.since;
  return {
    ...reading,
    state,
    since,
    drainRate: drainRateAfter(before, reading),
    mode: settings.mode,
    policy: settings.policy,
    share: shareOf({ state, since }, reading, settings),
    exitDepth: exitDepthOf(settings),
    shedFrom: before?.shedFrom ?? SHEDS_NO_SEVERITY,
  };
}

function nextState(
  before: Overload | undefined,
  reading: Reading,
  settings: OverloadSettings,
): OverloadState {
  if (isOverloaded(reading, settings)) return "shed";
  const isElevated = reading.depth >= settings.warn;
  switch (before?.state ?? "normal") {
    case "normal":
      return isElevated ? "warn" : "normal";
    case "warn":
      return reading.depth <= CALM_SHARE * settings.warn ? "normal" : "warn";
    case "shed":
      return isRelieved(reading, settings) ? "recovering" : "shed";
    case "recovering":
      if (reading.at - (before?.since ?? reading.at) < RECOVERY_MS) return "recovering";
      return isElevated ? "warn" : "normal";
  }
}

function isOverloaded({ depth, oldestAgeSeconds }: Reading, settings: OverloadSettings): boolean {
  const { shed, maxAgeSeconds } = settings;
  return depth >= shed || (maxAgeSeconds > 0 && oldestAgeSeconds >= maxAgeSeconds);
}

function isRelieved({ depth, oldestAgeSeconds }: Reading, settings: OverloadSettings): boolean {
  const isYoung =
    settings.maxAgeSeconds === 0 || oldestAgeSeconds <= EXIT_SHARE * settings.maxAgeSeconds;
  return depth <= exitDepthOf(settings) && isYoung;
}

function exitDepthOf({ shed }: OverloadSettings): number {
  return Math.floor(EXIT_SHARE * shed);
}

/**
 * Strict: everything. Progressive: from a tenth at the threshold to everything at twice the threshold, so that the
 * depth settles where what comes in is what goes out.
 */
function shareOf(
  { state, since }: Pick<Overload, "state" | "since">,
  { at, depth, oldestAgeSeconds }: Reading,
  { shed, maxAgeSeconds, policy }: OverloadSettings,
): number {
  if (state === "recovering" && policy === "progressive") {
    return LEAST_SHARE * Math.max(0, 1 - (at - since) / RECOVERY_MS);
  }
  if (state !== "shed") return 0;
  if (policy === "strict") return 1;
  const byDepth = depth / shed - 1;
  const byAge = maxAgeSeconds > 0 ? oldestAgeSeconds / maxAgeSeconds - 1 : 0;
  return Math.min(1, Math.max(LEAST_SHARE, byDepth, byAge));
}

/** Exponentially weighted by time, so that readings need not be evenly spaced. */
function drainRateAfter(before: Overload | undefined, { at, drained }: Reading): number {
  const elapsedMs = before === undefined ? 0 : at - before.at;
  if (before === undefined || elapsedMs <= 0) return before?.drainRate ?? 0;
  // A counter that was lost starts again at 0.
  const left = Math.max(0, drained - before.drained);
  const rate = (left * 1000) / elapsedMs;
  const weight = 1 - Math.exp(-elapsedMs / SMOOTHING_MS);
  return before.drainRate + weight * (rate - before.drainRate);
}
