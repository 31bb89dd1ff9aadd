import { useState } from "preact/hooks";
import { type RuleTest, type RuleVerdict, testRules } from "../../api/rules.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { TextField } from "../../components/field.tsx";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { Section } from "../../components/section.tsx";
import { useAction } from "../../state/action.ts";

const EMPTY = { hostname: "", message: "", severity: "", trap_oid: "" };

/** Asks which rule an event would meet, and shows why, and why not the others. */
export function TestEventForm() {
  const [event, setEvent] = useState(EMPTY);
  const [result, setResult] = useState<RuleTest>();
  const set = (field: keyof typeof EMPTY) => (value: string) =>
    setEvent((before) => ({ ...before, [field]: value }));
  const test = useAction(async () => {
    setResult(undefined);
    const { severity, trap_oid, ...rest } = event;
    setResult(
      await testRules({
        ...rest,
        ...(severity.trim() !== "" && { severity: severity.trim() }),
        ...(trap_oid.trim() !== "" && { trap_oid: trap_oid.trim() }),
      }),
    );
  });
  return (
    <Section title="Test an event" note="Nothing is sent.">
      <form
        class="card stack"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void test.run();
        }}
      >
        <div class="form-grid">
          <TextField label="Host" value={event.hostname} onChange={set("hostname")} required />
          <TextField label="Message" value={event.message} onChange={set("message")} />
          <TextField
            label="Severity"
            value={event.severity}
            onChange={set("severity")}
            placeholder="0 to 7, or a name"
          />
          <TextField label="Trap OID" value={event.trap_oid} onChange={set("trap_oid")} />
        </div>
        <div class="row">
          <button type="submit" class="button" disabled={test.isBusy}>
            Test
          </button>
        </div>
        <ErrorNotice error={test.error} title="The event was not tested" />
        {result && <Result result={result} />}
      </form>
    </Section>
  );
}

/** Verdicts that are listed; the ones that matter come first. */
const SHOWN = 200;

const TONES: Record<RuleVerdict["verdict"], Tone> = {
  selected: "good",
  shadowed: "warn",
  no_match: "idle",
  inactive: "idle",
};

function Result({ result }: { result: RuleTest }) {
  const { matched, verdicts } = result;
  const order = ["selected", "shadowed", "inactive", "no_match"];
  const sorted = verdicts.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return (
    <div class="stack" aria-live="polite">
      {matched ? (
        <Notice tone="good" title={`Rule ${matched.rule_id}, ${matched.rule_name}`}>
          {`${describeOutcome(result)}, because ${matched.reason}`}
        </Notice>
      ) : (
        <Notice tone="warn" title="No rule matches">
          The event counts as unhandled
        </Notice>
      )}
      <details>
        <summary>What each rule says</summary>
        <ul class="lines small">
          {sorted.slice(0, SHOWN).map((verdict) => (
            <li key={verdict.rule_id}>
              <Badge tone={TONES[verdict.verdict]}>{verdict.verdict.replace("_", " ")}</Badge>{" "}
              {verdict.rule_name} <span class="muted">#{verdict.rule_id}</span>: {verdict.reason}
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function describeOutcome({ handling, environment, team }: RuleTest): string {
  const what = (handling ?? "no handling").replaceAll("_", " ");
  return `${what} for ${team ?? "no team"} (${environment})`;
}
