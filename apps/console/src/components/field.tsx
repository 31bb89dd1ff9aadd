import type { ComponentChildren, VNode } from "preact";
import { useId } from "preact/hooks";

/** What a control has to carry so that its label and hint belong to it. */
interface FieldIds {
  id: string;
  "aria-describedby"?: string;
}

/** A labelled control with a line that explains it. */
function Field(props: {
  label: string;
  hint?: ComponentChildren;
  children: (ids: FieldIds) => VNode;
}) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(props.hint ? { id, "aria-describedby": hintId } : { id })}
      {props.hint && (
        <p class="hint" id={hintId}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

/** One line of text. */
export function TextField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  hint?: ComponentChildren;
  type?: "text" | "number" | "password" | "search" | "datetime-local";
  required?: boolean;
  autoFocus?: boolean;
  min?: number;
  max?: number;
  step?: number | "any";
  maxLength?: number;
  placeholder?: string;
  autocomplete?: string;
}) {
  const { label, hint, onChange, autoFocus, type = "text", ...rest } = props;
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          {...ids}
          {...rest}
          // The types of controls are told apart further than a field needs.
          type={type as "text"}
          autofocus={autoFocus}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** A choice from a closed list; `""` is the choice that `none` names. */
export function SelectField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  options: readonly string[];
  none?: string;
  hint?: ComponentChildren;
}) {
  const { label, value, onChange, options, none, hint } = props;
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Several lines of text. */
export function TextArea(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  hint?: ComponentChildren;
  required?: boolean;
  autoFocus?: boolean;
  rows?: number;
}) {
  const { label, hint, onChange, autoFocus, rows = 2, ...rest } = props;
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <textarea
          {...ids}
          {...rest}
          rows={rows}
          autofocus={autoFocus}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
