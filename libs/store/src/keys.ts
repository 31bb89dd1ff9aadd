/** Names of the documents that lie beside the queues; `prefix` is the queue prefix. */
export interface StoreKeys {
  /** Hash: rule id to the rule as JSON. */
  rules: string;
  /** Counter: the last rule id that was given out. */
  lastRuleId: string;
  /** Counter: goes up with every change of rules, dev hosts or teams. */
  version: string;
  /** Set: host names whose events use `dev_handling`. */
  devHosts: string;
  /** Hash: host name to team, for events that no rule knows. */
  teams: string;
  /** Stream: who changed what, when and why. */
  audit: string;
}

/** Makes the key names of one prefix. */
export function storeKeys(prefix: string): StoreKeys {
  return {
    rules: `${prefix}:rules`,
    lastRuleId: `${prefix}:rules-last-id`,
    version: `${prefix}:rules-version`,
    devHosts: `${prefix}:dev-hosts`,
    teams: `${prefix}:teams`,
    audit: `${prefix}:audit`,
  };
}
