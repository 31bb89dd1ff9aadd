import { type DeadLetter, readDeadLetter } from "../api/dead-letters.ts";
import { addressOf } from "../api/request.ts";
import { ErrorNotice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { PageLink } from "../components/page-link.tsx";
import { Section } from "../components/section.tsx";
import { formatTime } from "../format.ts";
import { usePoll } from "../state/poll.ts";
import { hostOf, textOf } from "./dead-letters/entry-list.tsx";

/** One dead letter: why it is here, all that was tried, and what it holds. */
export function DeadLetterEntry({ queue, id }: { queue: string; id: string }) {
  const entry = usePoll((signal) => readDeadLetter({ queue, id }, signal));
  return (
    <>
      <PageHead title="Dead letter" polls={[entry]}>
        <PageLink to="dead-letters" class="button">
          All dead letters
        </PageLink>
        <a class="button" href={jobAddress(queue, id)}>
          Open in Bull Board
        </a>
      </PageHead>
      <ErrorNotice error={entry.error} title="This entry cannot be read" />
      {entry.data && <Entry entry={entry.data} />}
    </>
  );
}

function Entry({ entry }: { entry: DeadLetter }) {
  const spent = entry.replays;
  const free = entry.free_replays ?? 0;
  return (
    <>
      <div class="card">
        <h2>{textOf(entry)}</h2>
        <code>{entry.error}</code>
        <dl class="facts facts-wide">
          <dt>Host</dt>
          <dd>{hostOf(entry)}</dd>
          <dt>Class</dt>
          <dd>
            {entry.class.replaceAll("_", " ")} ({entry.reason.replaceAll("_", " ")})
          </dd>
          <dt>Queue</dt>
          <dd>
            {entry.queue}, from {entry.origin_queue}
          </dd>
          <dt>First failed</dt>
          <dd>{formatTime(entry.first_failed_at)}</dd>
          <dt>Last failed</dt>
          <dd>{formatTime(entry.last_failed_at)}</dd>
          <dt>Replays</dt>
          <dd>
            {spent} that count against the limit{free > 0 && `, ${free} that do not`}
          </dd>
          <dt>Alert</dt>
          <dd>
            <PageLink to={`alerts/${encodeURIComponent(entry.alert_id)}`}>
              {entry.alert_id}
            </PageLink>
          </dd>
          <dt>Kind</dt>
          <dd>
            <PageLink to={`dead-letters?fingerprint=${entry.fingerprint}`}>
              {entry.fingerprint}
            </PageLink>
          </dd>
        </dl>
      </div>
      <History entry={entry} />
      <Section title="What it holds">
        <pre class="code">{JSON.stringify(entry.payload, null, 2)}</pre>
      </Section>
    </>
  );
}

function History({ entry }: { entry: DeadLetter }) {
  return (
    <Section
      title="What was tried"
      note={entry.history_dropped ? `${entry.history_dropped} older attempts are not kept` : ""}
    >
      <div class="table-box">
        <table>
          <thead>
            <tr>
              <th>When</th>
              <th class="number">Replay</th>
              <th class="number">Attempt</th>
              <th>Error</th>
              <th>Worker</th>
            </tr>
          </thead>
          <tbody>
            {entry.history.map((attempt) => (
              <tr key={`${attempt.at} ${attempt.replay} ${attempt.attempt}`}>
                <td class="nowrap" data-label="When">
                  {formatTime(attempt.at)}
                </td>
                <td class="number" data-label="Replay">
                  {attempt.replay}
                </td>
                <td class="number" data-label="Attempt">
                  {attempt.attempt}
                </td>
                <td class="cell-wide" data-label="Error">
                  {attempt.error}
                </td>
                <td data-label="Worker">
                  <span>
                    {attempt.worker}
                    {attempt.actor && <span class="muted"> for {attempt.actor}</span>}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function jobAddress(queue: string, id: string): string {
  return addressOf(`queues/queue/${encodeURIComponent(queue)}/${encodeURIComponent(id)}`);
}
