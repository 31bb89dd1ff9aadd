import type { ComponentChildren } from "preact";

/** How a thing stands, in the colours of the console. */
export type Tone = "good" | "warn" | "bad" | "idle" | "info";

/** A state in a word; the dot carries the colour, the word the meaning. */
export function Badge(props: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge badge-${props.tone}`}>{props.children}</span>;
}
