/** Names of the documents of redrives; `prefix` is the queue prefix. */
export interface RedriveKeys {
  /** Hash: fingerprint to who put the kind aside, when and why. */
  quarantine: string;
  /** Sorted set: ids of redrives by the time of their start. */
  index: string;
  /** Hash: dead letter queue to the id of the redrive that works on it. */
  active: string;
  /** String, for an hour: a plan. */
  plan(id: string): string;
  /** Hash: a redrive and its progress. */
  run(id: string): string;
}

/** Makes the key names of one prefix. */
export function redriveKeys(prefix: string): RedriveKeys {
  return {
    quarantine: `${prefix}:quarantine`,
    index: `${prefix}:redrive:index`,
    active: `${prefix}:redrive:active`,
    plan: (id) => `${prefix}:redrive:plan:${id}`,
    run: (id) => `${prefix}:redrive:run:${id}`,
  };
}
