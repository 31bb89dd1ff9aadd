import { useState } from "preact/hooks";
import { type DeadLetterGroup, setQuarantine } from "../api/dead-letters.ts";
import { formatAgo, formatCount } from "../format.ts";
import { useNow } from "../state/now.ts";
import { useMay } from "../state/session.ts";
import { Badge } from "./badge.tsx";
import { PageLink } from "./page-link.tsx";
import { ReasonDialog } from "./reason-dialog.tsx";
import { RedriveDialog } from "./redrive-dialog.tsx";

type Asked = { group: DeadLetterGroup; for: "redrive" | "quarantine" | "release" };

/**
 * Kinds of dead letters, with what can be done about each in place. It is there without any too: the dialog of a redrive
 * stays open when its kind, the last one perhaps, has gone.
 */
export function GroupList(props: { groups: readonly DeadLetterGroup[]; onChange(): void }) {
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  return (
    <div class="table-box">
      {props.groups.length === 0 ? (
        <p class="empty">No dead letters.</p>
      ) : (
        <GroupTable groups={props.groups} onAsk={setAsked} />
      )}
      {asked?.for === "redrive" && (
        <RedriveDialog
          filter={{ fingerprint: asked.group.fingerprint }}
          about={asked.group.error}
          onClose={close}
          onChange={props.onChange}
        />
      )}
      {asked && asked.for !== "redrive" && (
        <QuarantineDialog
          group={asked.group}
          action={asked.for}
          onClose={close}
          onDone={() => {
            close();
            props.onChange();
          }}
        />
      )}
    </div>
  );
}

function GroupTable(props: { groups: readonly DeadLetterGroup[]; onAsk(asked: Asked): void }) {
  const mayAct = useMay("operator");
  const now = useNow();
  return (
    <table>
      <thead>
        <tr>
          <th class="number">Entries</th>
          <th>Class</th>
          <th>Error</th>
          <th>Newest</th>
          <th>
            <span class="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.groups.map((group) => (
          <tr key={group.fingerprint}>
            <td class="number" data-label="Entries">
              {formatCount(group.count)}
            </td>
            <td class="nowrap" data-label="Class">
              {group.class.replaceAll("_", " ")}
            </td>
            <td class="cell-wide" data-label="Error">
              <PageLink to={`dead-letters?fingerprint=${group.fingerprint}`} class="clip">
                {group.error}
              </PageLink>
              {group.quarantined && <Badge tone="warn">quarantined</Badge>}
            </td>
            <td class="nowrap" data-label="Newest">
              {formatAgo(group.newest_at, now)}
            </td>
            <td class="cell-wide">
              {mayAct && <GroupActions group={group} onAsk={props.onAsk} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function GroupActions({ group, onAsk }: { group: DeadLetterGroup; onAsk(asked: Asked): void }) {
  const action = group.quarantined ? "release" : "quarantine";
  return (
    <div class="cell-actions">
      <button
        type="button"
        class="button button-small"
        onClick={() => onAsk({ group, for: "redrive" })}
      >
        Plan a redrive
      </button>
      <button
        type="button"
        class="button button-small button-quiet"
        onClick={() => onAsk({ group, for: action })}
      >
        {action === "release" ? "Release" : "Quarantine"}
      </button>
    </div>
  );
}

function QuarantineDialog(props: {
  group: DeadLetterGroup;
  action: "quarantine" | "release";
  onClose(): void;
  onDone(): void;
}) {
  const { group, action } = props;
  const isQuarantine = action === "quarantine";
  return (
    <ReasonDialog
      title={isQuarantine ? "Quarantine this kind" : "Release this kind"}
      verb={isQuarantine ? "Quarantine" : "Release"}
      act={(reason) => setQuarantine(group.fingerprint, action, reason)}
      onClose={props.onClose}
      onDone={props.onDone}
    >
      <p>
        {isQuarantine
          ? "Entries of this kind, those to come included, are replayed no more until the kind is released."
          : "Entries of this kind are replayed again under the usual limits."}
      </p>
      <code>{group.error}</code>
    </ReasonDialog>
  );
}
