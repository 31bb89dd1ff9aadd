import type { Severity } from "@mutt/event";

/** Rules by OID prefix: one walk along an event's arcs, however many rules there are. */
export interface OidTrie {
  /** Adds a rule of this rank. Rules are added by rising rank. */
  add(prefix: string, rank: number, severity: Severity): void;
  /**
   * Finds the lowest rank, below `bound`, of a rule whose prefix the OID equals or lies under and
   * that applies to the severity; `bound` when there is none.
   */
  find(oid: string, severity: Severity, bound: number): number;
}

interface Node {
  readonly children: Map<string, Node>;
  /** The rules that end here, by rising rank. */
  readonly rules: { rank: number; severity: Severity }[];
}

/** Creates an empty trie on arcs, so that `1.3.6` covers `1.3.6.1` and not `1.3.61`. */
export function createOidTrie(): OidTrie {
  const root: Node = { children: new Map(), rules: [] };
  return {
    add(prefix, rank, severity) {
      let node = root;
      for (const arc of prefix.split(".")) {
        const child = node.children.get(arc) ?? { children: new Map(), rules: [] };
        node.children.set(arc, child);
        node = child;
      }
      node.rules.push({ rank, severity });
    },
    find(oid, severity, bound) {
      let best = bound;
      let node = root;
      for (let start = 0; start <= oid.length; ) {
        const dot = oid.indexOf(".", start);
        const end = dot < 0 ? oid.length : dot;
        const child = node.children.get(oid.slice(start, end));
        if (child === undefined) return best;
        const rule = child.rules.find((candidate) => candidate.severity >= severity);
        if (rule !== undefined && rule.rank < best) best = rule.rank;
        node = child;
        start = end + 1;
      }
      return best;
    },
  };
}
