import { useState } from "preact/hooks";
import { type AuditEntry, type AuditFilter, auditExport, readAudit } from "../api/audit.ts";
import { AuditList } from "../components/audit-list.tsx";
import { TextField } from "../components/field.tsx";
import { ErrorNotice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { useAction } from "../state/action.ts";
import { usePoll } from "../state/poll.ts";
import { goTo, useRoute } from "../state/route.ts";

const PAGE = 50;
const FIELDS = ["actor", "action", "target", "from", "to"] as const;

/** Who changed what, when and why. */
export function Audit() {
  const { query } = useRoute();
  const filter = Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = query.get(field);
      return value ? [[field, value]] : [];
    }),
  ) as AuditFilter;
  const key = JSON.stringify(filter);
  const entries = usePoll((signal) => readAudit(filter, { limit: PAGE }, signal), { key });
  return (
    <>
      <PageHead title="Audit" polls={[entries]}>
        <a class="button" href={auditExport(filter)} download="mutt-audit.ndjson">
          Export as NDJSON
        </a>
      </PageHead>
      <Filters key={key} filter={filter} />
      {!entries.data && <ErrorNotice error={entries.error} title="The audit log cannot be read" />}
      {entries.data && <Pages key={key} filter={filter} first={entries.data} />}
    </>
  );
}

function Filters({ filter }: { filter: AuditFilter }) {
  const [draft, setDraft] = useState<AuditFilter>(filter);
  const set = (field: keyof AuditFilter) => (value: string) =>
    setDraft((before) => ({ ...before, [field]: value }));
  const apply = (event: Event): void => {
    event.preventDefault();
    const query = new URLSearchParams();
    for (const field of FIELDS) {
      const value = draft[field]?.trim();
      if (value) query.set(field, isTime(field) ? toIso(value) : value);
    }
    goTo(`audit?${query}`);
  };
  return (
    <form class="filters" onSubmit={apply}>
      <TextField label="Who" value={draft.actor ?? ""} onChange={set("actor")} />
      <TextField
        label="What"
        value={draft.action ?? ""}
        onChange={set("action")}
        placeholder="config.set"
      />
      <TextField label="Changed thing" value={draft.target ?? ""} onChange={set("target")} />
      <TextField
        label="From"
        type="datetime-local"
        value={toLocal(draft.from)}
        onChange={set("from")}
      />
      <TextField label="To" type="datetime-local" value={toLocal(draft.to)} onChange={set("to")} />
      <div class="row">
        <button type="submit" class="button button-primary">
          Filter
        </button>
        <button type="button" class="button button-quiet" onClick={() => goTo("audit")}>
          Clear
        </button>
      </div>
    </form>
  );
}

function Pages(props: {
  filter: AuditFilter;
  first: { items: AuditEntry[]; next_cursor: string | null };
}) {
  const { first } = props;
  const [more, setMore] = useState<{ items: AuditEntry[]; cursor: string | null }>();
  const cursor = more ? more.cursor : first.next_cursor;
  const loadMore = useAction(async () => {
    const page = await readAudit(props.filter, { limit: PAGE, cursor: cursor ?? undefined });
    // Newer entries push the first page on: from the first "more" on it is kept as it was then.
    const before = more?.items ?? first.items;
    setMore({ items: [...before, ...page.items], cursor: page.next_cursor });
  });
  const entries = more?.items ?? first.items;
  if (entries.length === 0) return <p class="empty">No entry fits.</p>;
  return (
    <div class="stack">
      <AuditList entries={entries} />
      <ErrorNotice error={loadMore.error} />
      {cursor && (
        <p class="more">
          <button
            type="button"
            class="button"
            disabled={loadMore.isBusy}
            onClick={() => loadMore.run()}
          >
            Show more
          </button>
        </p>
      )}
    </div>
  );
}

function isTime(field: string): boolean {
  return field === "from" || field === "to";
}

/** What a date control says is in the time zone of the browser; the server is asked in UTC. */
function toIso(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}

function toLocal(value: string | undefined): string {
  if (!value?.endsWith("Z")) return value ?? "";
  const date = new Date(value);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
