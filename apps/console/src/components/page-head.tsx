import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Polled } from "../state/poll.ts";
import { Freshness } from "./freshness.tsx";

/** The top of a page: its name, what can be done on it, and whether its data is fresh. */
export function PageHead(props: {
  title: string;
  polls?: readonly Polled<unknown>[];
  children?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${props.title} · MUTT`;
  }, [props.title]);
  return (
    <div class="page-head">
      <h1>{props.title}</h1>
      {props.polls && <Freshness of={props.polls} />}
      {props.children && <div class="page-actions">{props.children}</div>}
    </div>
  );
}
