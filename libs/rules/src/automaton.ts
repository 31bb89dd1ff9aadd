import type { Severity } from "@mutt/event";
import { createOutputs, type Needle, SEVERITIES } from "./outputs.ts";
import { childOf, createTrie, type Trie } from "./trie.ts";

/**
 * Entries of the transition table that is spelt out for the states nearest to the root, where a
 * scan spends nearly all its time: 4 MiB, with 10,000 rules a tenth faster than 1 MiB. Deeper states
 * keep the compact form.
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

/**
 * Builds the automaton; see Needle for what it looks for. `tableEntries` weighs memory against time,
 * without effect on what is found.
 */
export function createAutomaton(
  needles: readonly Needle[],
  tableEntries: number = TABLE_ENTRIES,
): Automaton {
  const texts = [...new Set(needles.map((needle) => needle.text))];
  const trie = createTrie(texts);
  const outputs = createOutputs(trie, texts, needles);
  const table = createTable(trie, outputs.outputAt, tableEntries);
  const width = trie.symbolCount;
  const tabled = table.length / width;
  const { symbolOf, firstChild, symbolTo, suffix } = trie;
  const { outputAt, best, bestCandidate, lowest } = outputs;

  return {
    // One loop without calls on the common path: this is where matching spends its time.
    scan(text, severity, bound, candidates) {
      const floor = lowest[severity] as number;
      let rank = bound;
      if (rank <= floor) return rank;
      outputs.startScan();
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        const symbol = symbolOf[text.charCodeAt(i)] as number;
        let child = 0;
        while (state >= tabled && child === 0) {
          child = childOf(firstChild, symbolTo, state, symbol);
          if (child === 0) state = suffix[state] as number;
        }
        const next = child !== 0 ? child : (table[state * width + symbol] as number);
        state = next < 0 ? ~next : next;
        if (next >= 0 && child === 0) continue;
        const output = outputAt[state] as number;
        const found = best[output * SEVERITIES + severity] as number;
        if (found < rank) {
          rank = found;
          if (rank <= floor) return rank;
        }
        if ((bestCandidate[output * SEVERITIES + severity] as number) < rank) {
          outputs.collect(output, severity, rank, candidates);
        }
      }
      return rank;
    },
  };
}

/**
 * Spells out where each of the first states goes on every symbol, falling back to suffixes where it
 * has no child. A state with an output is entered as its complement, which is negative: most steps
 * then need no look at the outputs.
 */
function createTable(trie: Trie, outputAt: Int32Array, entries: number): Int32Array {
  const { symbolCount, firstChild, symbolTo, suffix } = trie;
  const rows = Math.min(trie.size, Math.max(1, Math.floor(entries / symbolCount)));
  const table = new Int32Array(rows * symbolCount);
  for (let state = 0; state < rows; state++) {
    const start = state * symbolCount;
    const fallback = (suffix[state] as number) * symbolCount;
    if (state > 0) table.copyWithin(start, fallback, fallback + symbolCount);
    const end = firstChild[state + 1] as number;
    for (let child = firstChild[state] as number; child < end; child++) {
      table[start + (symbolTo[child] as number)] = outputAt[child] === 0 ? child : ~child;
    }
  }
  return table;
}
