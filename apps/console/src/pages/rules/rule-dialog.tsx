import { useEffect, useState } from "preact/hooks";
import {
  createRule,
  HANDLINGS,
  MATCH_TYPES,
  type Rule,
  readRule,
  updateRule,
} from "../../api/rules.ts";
import { Dialog } from "../../components/dialog.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { useAction } from "../../state/action.ts";
import { draftOf, EMPTY_FORM, formOf, type RuleForm } from "./rule-form.ts";

/** Makes a rule, or changes one over the version that was opened. */
export function RuleDialog(props: { rule?: Rule; onClose(): void; onDone(): void }) {
  const { rule } = props;
  const [form, setForm] = useState(rule ? formOf(rule) : EMPTY_FORM);
  const [etag, setEtag] = useState<string>();
  const opening = useAction(async () => {
    if (!rule) return;
    const answer = await readRule(rule.id);
    setForm(formOf(answer.body));
    setEtag(answer.etag);
  });
  useEffect(() => void opening.run(), []);
  const save = useAction(() =>
    rule ? updateRule(rule.id, draftOf(form), etag) : createRule(draftOf(form)),
  );
  return (
    <Dialog title={rule ? `Rule ${rule.id}` : "New rule"} onClose={props.onClose} wide>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await save.run()) props.onDone();
        }}
      >
        <Fields form={form} onChange={(change) => setForm({ ...form, ...change })} />
        <ErrorNotice error={opening.error} title="The rule cannot be read" />
        <ErrorNotice error={save.error} title="The rule was not saved" />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class="button button-primary"
            disabled={save.isBusy || opening.isBusy}
          >
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Fields(props: { form: RuleForm; onChange(change: Partial<RuleForm>): void }) {
  const { form, onChange } = props;
  const set = (field: Exclude<keyof RuleForm, "is_active">) => (value: string) =>
    onChange({ [field]: value });
  return (
    <>
      <TextField label="Name" value={form.name} onChange={set("name")} required autoFocus />
      <div class="form-grid">
        <SelectField
          label="The message"
          value={form.match_type}
          onChange={set("match_type")}
          options={MATCH_TYPES}
          hint="contains a text, matches an RE2 expression, or only the OID counts. Case is ignored."
        />
        <TextField
          label="Text or expression"
          value={form.match_string}
          onChange={set("match_string")}
        />
        <TextField
          label="Trap OID"
          value={form.trap_oid}
          onChange={set("trap_oid")}
          hint="Matches this OID and all under it, beside the text."
        />
        <SelectField
          label="Severity, this and worse"
          value={form.syslog_severity}
          onChange={set("syslog_severity")}
          options={["0", "1", "2", "3", "4", "5", "6", "7"]}
          none="any"
        />
        <TextField
          label="Priority"
          type="number"
          step={1}
          value={form.priority}
          onChange={set("priority")}
          required
          hint="The lowest number is asked first."
        />
        <TextField
          label="Team"
          value={form.team_assignment}
          onChange={set("team_assignment")}
          required
        />
        <SelectField
          label="In production"
          value={form.prod_handling}
          onChange={set("prod_handling")}
          options={HANDLINGS}
        />
        <SelectField
          label="On development hosts"
          value={form.dev_handling}
          onChange={set("dev_handling")}
          options={HANDLINGS}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={form.is_active}
          onChange={(event) => onChange({ is_active: event.currentTarget.checked })}
        />
        Active
      </label>
    </>
  );
}
