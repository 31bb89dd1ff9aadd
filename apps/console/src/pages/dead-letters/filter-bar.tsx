import { useEffect, useState } from "preact/hooks";
import {
  DEAD_LETTER_CLASSES,
  DEAD_LETTER_QUEUES,
  type DeadLetterFilter,
} from "../../api/dead-letters.ts";
import { SelectField, TextField } from "../../components/field.tsx";
import { PageLink } from "../../components/page-link.tsx";
import { addressWith, describeFilter, type FilterField } from "../../state/dead-letter-filter.ts";
import { goTo } from "../../state/route.ts";

const SEVERITIES = ["0", "1", "2", "3", "4", "5", "6", "7"];

/** Ages that can be asked for, by their seconds. */
const AGES: Record<string, string> = {
  "one hour": "3600",
  "six hours": "21600",
  "a day": "86400",
  "a week": "604800",
};

/** How long the typing has to stop before a text counts, in milliseconds. */
const TYPING_MS = 400;

/** The page's filter; it lives in the address, so that it can be kept and sent to others. */
export function FilterBar({ filter }: { filter: DeadLetterFilter }) {
  const set = (field: FilterField) => (value: string) =>
    goTo(addressWith(filter, field, value), { replace: true });
  const ageName =
    Object.keys(AGES).find((name) => AGES[name] === String(filter.max_age_seconds)) ?? "";
  return (
    <search class="filters">
      <SelectField
        label="Queue"
        value={filter.queue ?? ""}
        onChange={set("queue")}
        options={DEAD_LETTER_QUEUES}
        none="all"
      />
      <SelectField
        label="Class"
        value={filter.class ?? ""}
        onChange={set("class")}
        options={DEAD_LETTER_CLASSES}
        none="all"
      />
      <SelectField
        label="Severity"
        value={filter.severity?.toString() ?? ""}
        onChange={set("severity")}
        options={SEVERITIES}
        none="all"
      />
      <SelectField
        label="Failed within"
        value={ageName}
        onChange={(name) => set("max_age_seconds")(AGES[name] ?? "")}
        options={Object.keys(AGES)}
        none="any time"
      />
      <Typed label="Host" value={filter.host ?? ""} onChange={set("host")} />
      <Typed label="Kind" value={filter.fingerprint ?? ""} onChange={set("fingerprint")} />
      {describeFilter(filter) !== "" && <PageLink to="dead-letters">Clear the filter</PageLink>}
    </search>
  );
}

function Typed(props: { label: string; value: string; onChange(value: string): void }) {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  useEffect(() => {
    if (text === props.value) return;
    const timer = setTimeout(() => props.onChange(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return <TextField label={props.label} type="search" value={text} onChange={setText} />;
}
