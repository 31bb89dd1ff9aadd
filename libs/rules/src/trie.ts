import { FOLDED_CODE_UNITS } from "./fold-case.ts";

/**
 * A trie of texts in flat arrays. States are numbered breadth first from the root, 0, so that the
 * children of a state have consecutive numbers and every state is larger than its suffix.
 */
export interface Trie {
  readonly size: number;
  /** Symbol of every UTF-16 code unit, case folded; 0 for those that no text contains. */
  readonly symbolOf: Uint16Array;
  /** One more than the largest symbol. */
  readonly symbolCount: number;
  /** The children of state s are `firstChild[s]` up to, not including, `firstChild[s + 1]`, by rising symbol. */
  readonly firstChild: Int32Array;
  /** The symbol that leads to a state from its parent. */
  readonly symbolTo: Uint16Array;
  /** The state of the longest proper suffix of a state's text that is in the trie too. */
  readonly suffix: Int32Array;
  /** The index of the text that ends at a state, or -1. */
  readonly textAt: Int32Array;
}

/** Builds the trie of distinct, non-empty, case-folded texts, in time linear to their length once sorted. */
export function createTrie(texts: readonly string[]): Trie {
  const symbols = createSymbols(texts);
  const shape = createShape(texts, symbols.symbolOf);
  return { ...symbols, ...shape, suffix: createSuffixes(shape) };
}

type Shape = Pick<Trie, "size" | "firstChild" | "symbolTo" | "textAt">;

function createSymbols(texts: readonly string[]): Pick<Trie, "symbolOf" | "symbolCount"> {
  const units = new Set<number>();
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) units.add(text.charCodeAt(i));
  }
  const symbols = new Map([...units].sort((a, b) => a - b).map((unit, i) => [unit, i + 1]));
  const symbolOf = FOLDED_CODE_UNITS.map((folded) => symbols.get(folded) ?? 0);
  return { symbolOf, symbolCount: symbols.size + 1 };
}

/** Lays the states out. Each stands for a range of the sorted texts: those that begin with the state's text. */
function createShape(texts: readonly string[], symbolOf: Uint16Array): Shape {
  const order = texts.map((_, i) => i).sort((a, b) => compare(textOf(a), textOf(b)));
  const capacity = texts.reduce((sum, text) => sum + text.length, 1);
  const firstChild = new Int32Array(capacity + 1);
  const symbolTo = new Uint16Array(capacity);
  const textAt = new Int32Array(capacity).fill(-1);
  const from = new Int32Array(capacity);
  const to = new Int32Array(capacity);
  const depths = new Uint16Array(capacity);
  to[0] = order.length;
  let size = 1;
  for (let state = 0; state < size; state++) {
    firstChild[state] = size;
    const depth = depths[state] as number;
    const end = to[state] as number;
    let start = from[state] as number;
    if (start < end && textOf(order[start] as number).length === depth) {
      textAt[state] = order[start++] as number;
    }
    while (start < end) {
      const unit = textOf(order[start] as number).charCodeAt(depth);
      symbolTo[size] = symbolOf[unit] as number;
      depths[size] = depth + 1;
      from[size] = start;
      while (start < end && textOf(order[start] as number).charCodeAt(depth) === unit) start++;
      to[size++] = start;
    }
  }
  firstChild[size] = size;
  return {
    size,
    firstChild: firstChild.slice(0, size + 1),
    symbolTo: symbolTo.slice(0, size),
    textAt: textAt.slice(0, size),
  };

  function textOf(index: number): string {
    return texts[index] as string;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function createSuffixes({ size, firstChild, symbolTo }: Shape): Int32Array {
  const suffix = new Int32Array(size);
  for (let state = 0; state < size; state++) {
    const end = firstChild[state + 1] as number;
    for (let child = firstChild[state] as number; child < end; child++) {
      const symbol = symbolTo[child] as number;
      let next = 0;
      for (let at = state; at !== 0 && next === 0; ) {
        at = suffix[at] as number;
        next = childOf(firstChild, symbolTo, at, symbol);
      }
      suffix[child] = next;
    }
  }
  return suffix;
}

/** Finds the child of a state by symbol; 0, which is nobody's child, when there is none. */
export function childOf(
  firstChild: Int32Array,
  symbolTo: Uint16Array,
  state: number,
  symbol: number,
): number {
  let low = firstChild[state] as number;
  let high = firstChild[state + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = symbolTo[middle] as number;
    if (found === symbol) return middle;
    if (found < symbol) low = middle + 1;
    else high = middle;
  }
  return 0;
}
