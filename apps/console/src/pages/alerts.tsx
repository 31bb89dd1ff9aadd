import { useState } from "preact/hooks";
import { type AlertStory, readAlertStory } from "../api/alerts.ts";
import { Badge, type Tone } from "../components/badge.tsx";
import { TextField } from "../components/field.tsx";
import { ErrorNotice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { PageLink } from "../components/page-link.tsx";
import { Section } from "../components/section.tsx";
import { formatTime } from "../format.ts";
import { usePoll } from "../state/poll.ts";
import { goTo } from "../state/route.ts";

/** Asks for the id of an event, and tells what became of it. */
export function Alerts({ id }: { id: string | undefined }) {
  const [wanted, setWanted] = useState(id ?? "");
  const find = (event: Event): void => {
    event.preventDefault();
    const given = wanted.trim();
    if (given !== "") goTo(`alerts/${encodeURIComponent(given)}`);
  };
  return (
    <>
      <PageHead title="Alerts" />
      <form class="search-line" onSubmit={find}>
        <TextField
          label="Id of an event"
          type="search"
          value={wanted}
          onChange={setWanted}
          hint="As ingest answered it, or as external_id in the incident platform"
          maxLength={300}
        />
        <button type="submit" class="button">
          Tell its story
        </button>
      </form>
      {id !== undefined && <Story key={id} id={id} />}
    </>
  );
}

const TONES: Record<string, Tone> = {
  delivered: "good",
  logged: "good",
  unhandled: "idle",
  dead: "bad",
  expired: "bad",
  left: "idle",
};

function Story({ id }: { id: string }) {
  const story = usePoll((signal) => readAlertStory(id, signal));
  if (story.data === undefined) {
    return <ErrorNotice error={story.error} title="There is no story to tell" />;
  }
  const { state, rule, place, steps } = story.data;
  return (
    <>
      <div class="card">
        <div class="card-head">
          <h2>
            <code>{id}</code>
          </h2>
          <Badge tone={TONES[state] ?? "warn"}>{state.replaceAll("_", " ")}</Badge>
        </div>
        <dl class="facts facts-wide">
          <dt>Rule</dt>
          <dd>{rule ? <RuleText rule={rule} /> : "none has matched"}</dd>
          {place && (
            <>
              <dt>Waits in</dt>
              <dd>
                <PlaceText place={place} />
              </dd>
            </>
          )}
        </dl>
      </div>
      <Section title="What happened">
        <ol class="steps">
          {steps.map(({ at, what }) => (
            <li key={`${at} ${what}`}>
              <span class="muted nowrap">{formatTime(at)}</span> {what}
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}

function RuleText({ rule }: { rule: NonNullable<AlertStory["rule"]> }) {
  const { id, name, why, handling, environment } = rule;
  return (
    <>
      {name ?? `rule ${id}`}: {why}
      {handling && (
        <span class="muted">
          {" "}
          ({handling.replaceAll("_", " ")}, {environment})
        </span>
      )}
    </>
  );
}

function PlaceText({ place }: { place: NonNullable<AlertStory["place"]> }) {
  const { queue, job_id, state, due_at, waits_for } = place;
  return (
    <>
      {queue.startsWith("dlq-") ? (
        <PageLink to={`dead-letters/${queue}/${encodeURIComponent(job_id)}`}>{queue}</PageLink>
      ) : (
        `${queue} queue`
      )}
      , {state}
      {due_at && ` until ${formatTime(due_at)}`}
      {waits_for && `: ${waits_for.replaceAll("_", " ")}`}
    </>
  );
}
