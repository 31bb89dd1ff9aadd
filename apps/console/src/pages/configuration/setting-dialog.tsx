import { useState } from "preact/hooks";
import { changeSetting, resetSetting, type Setting } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { SelectField, TextArea, TextField } from "../../components/field.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { useAction } from "../../state/action.ts";
import { useMay } from "../../state/session.ts";
import { SettingHistory } from "./setting-history.tsx";
import { controlOf, parseText } from "./setting-value.ts";

/** One setting: what it means, its history, and for those who may a new value with a reason. */
export function SettingDialog(props: { setting: Setting; onClose(): void; onDone(): void }) {
  const { setting } = props;
  const mayChange = useMay("admin");
  return (
    <Dialog title={setting.key} onClose={props.onClose} wide>
      <div class="stack">
        <p>{setting.description}.</p>
        {mayChange && <ChangeForm {...props} />}
        <SettingHistory of={setting.key} changes={0} />
      </div>
    </Dialog>
  );
}

function ChangeForm({ setting, onDone }: { setting: Setting; onDone(): void }) {
  const [text, setText] = useState(String(setting.value));
  const [reason, setReason] = useState("");
  const control = controlOf(setting);
  const change = useAction(() =>
    changeSetting(setting.key, parseText(text, setting), reason.trim()),
  );
  const reset = useAction(() => resetSetting(setting.key, reason.trim()));
  const isReady = reason.trim() !== "" && !change.isBusy && !reset.isBusy;
  const label = setting.unit ? `Value, ${setting.unit}` : "Value";
  return (
    <form
      class="stack"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await change.run()) onDone();
      }}
    >
      {control.kind === "choice" ? (
        <SelectField label={label} value={text} onChange={setText} options={control.options} />
      ) : (
        <TextField
          label={label}
          type={control.kind}
          {...(control.kind === "number" && { step: "any" as const })}
          value={text}
          onChange={setText}
          hint={`${setting.allowed}; default ${setting.default}`}
          required
        />
      )}
      <TextArea
        label="Reason"
        hint="Goes into the audit log with your name."
        value={reason}
        onChange={setReason}
        required
      />
      <ErrorNotice error={change.error ?? reset.error} title="Nothing was changed" />
      <div class="dialog-actions">
        {setting.source === "redis" && (
          <button
            type="button"
            class="button"
            disabled={!isReady}
            onClick={async () => {
              if (await reset.run()) onDone();
            }}
          >
            Reset to what it was without this console
          </button>
        )}
        <button type="submit" class="button button-primary" disabled={!isReady}>
          Change
        </button>
      </div>
    </form>
  );
}
