import type { ComponentChildren } from "preact";
import type { Tone } from "./badge.tsx";

/** A message that stands out; errors are read out at once. */
export function Notice(props: { tone: Tone; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`notice notice-${props.tone}`} role={props.tone === "bad" ? "alert" : "status"}>
      {props.title && <strong>{props.title}</strong>}
      {props.children && <div class="notice-text">{props.children}</div>}
    </div>
  );
}

/** What went wrong, in the server's words; nothing when nothing did. */
export function ErrorNotice(props: { error: Error | undefined; title?: string }) {
  if (!props.error) return null;
  return (
    <Notice tone="bad" {...(props.title !== undefined && { title: props.title })}>
      {props.error.message}
    </Notice>
  );
}
