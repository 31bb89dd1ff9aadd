import { useEffect, useState } from "preact/hooks";
import { type DeadLetter, type DeadLetterFilter, readDeadLetters } from "../../api/dead-letters.ts";
import { Freshness } from "../../components/freshness.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { PageLink } from "../../components/page-link.tsx";
import { Section } from "../../components/section.tsx";
import { formatAgo, NOTHING } from "../../format.ts";
import { useAction } from "../../state/action.ts";
import { useNow } from "../../state/now.ts";
import { usePoll } from "../../state/poll.ts";

const PAGE = 50;

/** The entries that a filter leaves, the newest first. */
export function EntryList(props: { filter: DeadLetterFilter; changes: number }) {
  const { filter, changes } = props;
  const key = JSON.stringify(filter);
  const first = usePoll((signal) => readDeadLetters(filter, { limit: PAGE }, signal), { key });
  // Further pages belong to the first page as it was when they were asked for.
  const [more, setMore] = useState<{ items: DeadLetter[]; cursor: string | null }>();
  useEffect(() => setMore(undefined), [key]);
  useEffect(() => {
    if (changes > 0) first.reload();
  }, [changes]);
  const cursor = more ? more.cursor : first.data?.next_cursor;
  const loadMore = useAction(async () => {
    const page = await readDeadLetters(filter, { limit: PAGE, cursor: cursor ?? undefined });
    setMore({ items: [...(more?.items ?? []), ...page.items], cursor: page.next_cursor });
  });
  const seen = new Set<string>();
  const entries = [...(first.data?.items ?? []), ...(more?.items ?? [])].filter(({ queue, id }) => {
    const isNew = !seen.has(`${queue} ${id}`);
    seen.add(`${queue} ${id}`);
    return isNew;
  });
  return (
    <Section title="Entries" actions={<Freshness of={[first]} />}>
      {!first.data && <ErrorNotice error={first.error} title="The entries cannot be read" />}
      {first.data && entries.length === 0 && <p class="empty">No entry fits.</p>}
      {entries.length > 0 && <EntryTable entries={entries} />}
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
    </Section>
  );
}

function EntryTable({ entries }: { entries: readonly DeadLetter[] }) {
  const now = useNow();
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th>Last failed</th>
            <th>Host</th>
            <th>What it says</th>
            <th>Error</th>
            <th>Class</th>
            <th>Queue</th>
            <th class="number">Replays</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={`${entry.queue} ${entry.id}`}>
              <td class="nowrap" data-label="Last failed">
                {formatAgo(entry.last_failed_at, now)}
              </td>
              <td data-label="Host">{hostOf(entry)}</td>
              <td class="cell-wide" data-label="What it says">
                <PageLink
                  to={`dead-letters/${encodeURIComponent(entry.queue)}/${encodeURIComponent(entry.id)}`}
                  class="clip"
                >
                  {textOf(entry)}
                </PageLink>
              </td>
              <td class="cell-wide" data-label="Error">
                <span class="clip">{entry.error}</span>
              </td>
              <td data-label="Class">{entry.class.replaceAll("_", " ")}</td>
              <td class="nowrap" data-label="Queue">
                {entry.queue}
              </td>
              <td class="number" data-label="Replays">
                {entry.replays + (entry.free_replays ?? 0)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The host of an event or an alert. */
export function hostOf({ payload }: DeadLetter): string {
  return String(payload.hostname ?? payload.source ?? NOTHING);
}

/** What an event or an alert says. */
export function textOf({ payload, alert_id }: DeadLetter): string {
  return String(payload.message ?? payload.description ?? alert_id);
}
