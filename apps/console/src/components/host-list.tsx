import type { ComponentChildren } from "preact";

/** Hosts with what is known of each, and a button to take it off the list. */
export function HostList(props: {
  hosts: readonly { hostname: string; detail?: string }[];
  canRemove: boolean;
  isBusy: boolean;
  onRemove(hostname: string): void;
  empty: ComponentChildren;
}) {
  if (props.hosts.length === 0) return <p class="empty">{props.empty}</p>;
  return (
    <ul class="table-box hosts">
      {props.hosts.map(({ hostname, detail }) => (
        <li key={hostname}>
          <span>
            {hostname} {detail && <span class="muted">{detail}</span>}
          </span>
          {props.canRemove && (
            <button
              type="button"
              class="button button-small button-quiet"
              aria-label={`Remove ${hostname}`}
              disabled={props.isBusy}
              onClick={() => props.onRemove(hostname)}
            >
              Remove
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
