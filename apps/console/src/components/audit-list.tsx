import type { AuditEntry } from "../api/audit.ts";
import { formatTime, formatValue, NOTHING } from "../format.ts";

/** Audit entries as a table, the newest first. */
export function AuditList(props: { entries: readonly AuditEntry[] }) {
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>Change</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {props.entries.map((entry) => (
            <tr key={entry.id ?? `${entry.at} ${entry.action} ${entry.target}`}>
              <td class="nowrap" data-label="When">
                {formatTime(entry.at)}
              </td>
              <td data-label="Who">
                <span>
                  {entry.actor} {entry.role && <span class="muted">{entry.role}</span>}
                </span>
              </td>
              <td data-label="What">
                <span>
                  <code>{entry.action}</code> {entry.target}
                </span>
              </td>
              <td data-label="Change">
                <Change entry={entry} />
              </td>
              <td data-label="Reason">{entry.reason ?? NOTHING}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Longer values are opened on demand. */
const SHORT = 80;

function Change({ entry }: { entry: AuditEntry }) {
  if (entry.old === undefined && entry.new === undefined) return <>{NOTHING}</>;
  const [before, after] = [formatValue(entry.old), formatValue(entry.new)];
  if (before.length + after.length <= SHORT) {
    return (
      <span class="change">
        <code>{before}</code> → <code>{after}</code>
      </span>
    );
  }
  return (
    <details>
      <summary>Show</summary>
      <pre class="code">{pretty(entry)}</pre>
    </details>
  );
}

function pretty({ old, new: after }: AuditEntry): string {
  return [
    ...(old === undefined ? [] : [`before ${JSON.stringify(old, null, 2)}`]),
    ...(after === undefined ? [] : [`after ${JSON.stringify(after, null, 2)}`]),
  ].join("\n");
}
