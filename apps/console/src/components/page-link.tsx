import type { ComponentChildren } from "preact";
import { addressOf } from "../api/request.ts";

/** A link to another page of the console: a real link, followed without loading the console anew. */
export function PageLink(props: {
  to: string;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
}) {
  return (
    <a
      href={addressOf(props.to)}
      data-page
      class={props.class}
      aria-current={props.current ? "page" : undefined}
    >
      {props.children}
    </a>
  );
}
