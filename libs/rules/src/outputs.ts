import type { Severity } from "@mutt/event";
import type { Trie } from "./trie.ts";

/** Severities 0 to 7: every output keeps one figure for each. */
export const SEVERITIES = 8;

/** The rank of no rule: above every other. */
const NO_RANK: number = 2 ** 31 - 1;

/** A text to look for, and what it means to find it. */
export interface Needle {
  /** Case folded, at least one character. */
  readonly text: string;
  /** The place of the rule in the order of matching, from 0. */
  readonly rank: number;
  /** The least severe severity that the rule applies to. */
  readonly severity: Severity;
  /** True when the text settles the match, false when the rule's pattern must still be searched. */
  readonly settles: boolean;
}

/** What is found when a scan reaches a state: the texts that end there. */
export interface Outputs {
  /** The output of every state; 0 for none. */
  readonly outputAt: Int32Array;
  /** At `output * 8 + severity`: the lowest rank that is settled there, counting the texts that are suffixes. */
  readonly best: Int32Array;
  /** Likewise, of the rules whose pattern must be searched. */
  readonly bestCandidate: Int32Array;
  /** By severity, the lowest rank of all: a scan that has a rule at or below it can stop. */
  readonly lowest: Int32Array;
  /** Forgets which outputs were collected. */
  startScan(): void;
  /** Adds the candidates of an output below a rank to a list, once per scan. */
  collect(output: number, severity: Severity, rank: number, candidates: number[]): void;
}

/** Works out what to report at each state of the trie of `texts`. */
export function createOutputs(
  trie: Trie,
  texts: readonly string[],
  needles: readonly Needle[],
): Outputs {
  const needlesOf = groupByText(texts, needles);
  const outputAt = new Int32Array(trie.size);
  const count = texts.length + 1;
  const best = new Int32Array(count * SEVERITIES).fill(NO_RANK);
  const bestCandidate = best.slice();
  const lowest = new Int32Array(SEVERITIES).fill(NO_RANK);
  const candidatesOf: (readonly Needle[])[] = [[]];
  /** The next shorter suffix with candidates of its own. */
  const nextOutput = new Int32Array(count);
  let outputs = 1;

  for (let state = 1; state < trie.size; state++) {
    const inherited = outputAt[trie.suffix[state] as number] as number;
    const text = trie.textAt[state] as number;
    outputAt[state] = text < 0 ? inherited : addOutput(inherited, needlesOf[text] ?? []);
  }

  function addOutput(inherited: number, own: readonly Needle[]): number {
    const output = outputs++;
    const start = output * SEVERITIES;
    const from = inherited * SEVERITIES;
    best.copyWithin(start, from, from + SEVERITIES);
    bestCandidate.copyWithin(start, from, from + SEVERITIES);
    for (const { settles, severity, rank } of own) {
      lower(settles ? best : bestCandidate, start, severity, rank);
      lower(lowest, 0, severity, rank);
    }
    candidatesOf.push(own.filter((needle) => !needle.settles));
    nextOutput[output] =
      candidatesOf[inherited]?.length === 0 ? (nextOutput[inherited] as number) : inherited;
    return output;
  }

  const collectedIn = new Uint32Array(count);
  let scan = 0;
  return {
    outputAt,
    best,
    bestCandidate,
    lowest,
    startScan() {
      scan = (scan + 1) >>> 0;
      if (scan !== 0) return;
      // After 2^32 scans the numbers start again, and old marks must not be taken for new ones.
      collectedIn.fill(0);
      scan = 1;
    },
    collect(output, severity, rank, candidates) {
      // Where one output was collected, so were those of all its suffixes.
      for (let at = output; at !== 0 && collectedIn[at] !== scan; at = nextOutput[at] as number) {
        collectedIn[at] = scan;
        for (const needle of candidatesOf[at] ?? []) {
          if (needle.rank >= rank) break;
          if (needle.severity >= severity) candidates.push(needle.rank);
        }
      }
    },
  };
}

/** Rules of severity s apply to all events of severity s and worse, that is of a number up to s. */
function lower(ranks: Int32Array, start: number, severity: Severity, rank: number): void {
  for (let at = start; at <= start + severity; at++) {
    if (rank < (ranks[at] as number)) ranks[at] = rank;
  }
}

/** The needles of each text, by rising rank. */
function groupByText(texts: readonly string[], needles: readonly Needle[]): Needle[][] {
  const indexOf = new Map(texts.map((text, i) => [text, i]));
  const groups: Needle[][] = texts.map(() => []);
  for (const needle of needles) groups[indexOf.get(needle.text) ?? -1]?.push(needle);
  for (const group of groups) group.sort((a, b) => a.rank - b.rank);
  return groups;
}
