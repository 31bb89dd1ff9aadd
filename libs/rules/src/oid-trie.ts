import type { Severity } from "@mutt/event";

/** Rules by OID prefix: one walk along an event's arcs, however many rules there are. */
export interface OidTrie {
  /** Adds a rule of this rank that applies to this severity and worse. */
  add(prefix: string, rank: number, severity: Severity): void;
  /**
   * Finds the lowest rank, below `bound`, of a rule whose prefix the OID equals or lies under and
   * that applies to the severity; `bound` when there is none.
   */
  find(oid: string, severity: Severity, bound: number): number;
}

interface Node {
  readonly children: Map<string, Node>;
  /** By severity of the event, the lowest rank of a rule that ends here. */
  readonly best: number[];
}

function createNode(): Node {
  return { children: new Map(), best: [] };
}

/** Creates an empty trie on arcs, so that `1.3.6` covers `1.3.6.1` and not `1.3.61`. */
export function createOidTrie(): OidTrie {
  const root = createNode();
  return {
    add(prefix, rank, severity) {
      let node = root;
      for (const arc of prefix.split(".")) {
        const child = node.children.get(arc) ?? createNode();
        node.children.set(arc, child);
        node = child;
      }
      for (let at = 0; at <= severity; at++) node.best[at] = Math.min(node.best[at] ?? rank, rank);
    },
    find(oid, severity, bound) {
      let best = bound;
      let node = root;
      for (let start = 0; start <= oid.length; ) {
        const dot = oid.indexOf(".", start);
        const end = dot < 0 ? oid.length : dot;
        const child = node.children.get(oid.slice(start, end));
        if (child === undefined) return best;
        best = Math.min(best, child.best[severity] ?? best);
        node = child;
        start = end + 1;
      }
      return best;
    },
  };
}
