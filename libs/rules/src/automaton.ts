import type { Severity } from "@mutt/event";
import { createOutputs, type Needle } from "./outputs.ts";
import { childOf, createTrie, type Trie } from "./trie.ts";

/**
 * Entries of the transition table that is spelt out for the states nearest to the root, where a
 * scan spends nearly all its time: 4 MiB. Deeper states keep the compact form.
 */
const TABLE_ENTRIES = 2 ** 20;

/** An Aho-Corasick automaton: all texts of all rules, found in one pass over a message. */
export interface Automaton {
  /**
   * Reads a text, ignoring case, and returns the rank of the best rule that a text of its own
   * settles, or `bound` when there is none below it. Adds to `candidates` the ranks, perhaps more
   * than once, of rules whose pattern is worth a search. Rules that do not apply to the severity, or
   * cannot beat the best found so far, are left out.
   */
  scan(text: string, severity: Severity, bound: number, candidates: number[]): number;
}

/** Builds the automaton; see Needle for what it looks for. */
export function createAutomaton(needles: readonly Needle[]): Automaton {
  const texts = [...new Set(needles.map((needle) => needle.text))];
  const trie = createTrie(texts);
  const outputs = createOutputs(trie, texts, needles);
  const { symbolOf, firstChild, symbolTo, suffix } = trie;
  const width = trie.symbolCount;
  const table = createTable(trie);
  const tabled = table.length / width;
  const { outputAt, best, bestCandidate, lowest } = outputs;

  return {
    scan(text, severity, bound, candidates) {
      const floor = lowest[severity] as number;
      let rank = bound;
      let state = 0;
      if (rank <= floor) return rank;
      outputs.startScan();
      for (let i = 0; i < text.length; i++) {
        const symbol = symbolOf[text.charCodeAt(i)] as number;
        if (symbol === 0) {
          state = 0;
          continue;
        }
        let next = 0;
        while (state >= tabled) {
          next = childOf(firstChild, symbolTo, state, symbol);
          if (next !== 0) break;
          state = suffix[state] as number;
        }
        state = next !== 0 ? next : (table[state * width + symbol] as number);
        const output = outputAt[state] as number;
        if (output === 0) continue;
        const found = best[output * 8 + severity] as number;
        if (found < rank) {
          rank = found;
          if (rank <= floor) return rank;
        }
        if ((bestCandidate[output * 8 + severity] as number) < rank) {
          outputs.collect(output, severity, rank, candidates);
        }
      }
      return rank;
    },
  };
}

/** Spells out where each of the first states goes on every symbol, falling back to suffixes as needed. */
function createTable({ size, symbolCount, firstChild, symbolTo, suffix }: Trie): Int32Array {
  const rows = Math.min(size, Math.max(1, Math.floor(TABLE_ENTRIES / symbolCount)));
  const table = new Int32Array(rows * symbolCount);
  for (let state = 0; state < rows; state++) {
    const start = state * symbolCount;
    const fallback = (suffix[state] as number) * symbolCount;
    if (state > 0) table.copyWithin(start, fallback, fallback + symbolCount);
    const end = firstChild[state + 1] as number;
    for (let child = firstChild[state] as number; child < end; child++) {
      table[start + (symbolTo[child] as number)] = child;
    }
  }
  return table;
}
