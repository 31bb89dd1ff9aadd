import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../state/action.ts";
import { Dialog } from "./dialog.tsx";
import { TextArea } from "./field.tsx";
import { ErrorNotice } from "./notice.tsx";

/** Asks for the reason of a change, makes it, and closes; what the server refuses is shown and can be mended. */
export function ReasonDialog(props: {
  title: string;
  /** What the button says, such as "Reset the breaker". */
  verb: string;
  danger?: boolean;
  children?: ComponentChildren;
  act(reason: string): Promise<unknown>;
  onClose(): void;
  onDone(): void;
}) {
  const [reason, setReason] = useState("");
  const action = useAction(props.act);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await action.run(reason.trim())) props.onDone();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit} class="stack">
        {props.children}
        <TextArea
          label="Reason"
          hint="Goes into the audit log with your name."
          value={reason}
          onChange={setReason}
          required
          autoFocus
        />
        <ErrorNotice error={action.error} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class={props.danger ? "button button-danger" : "button button-primary"}
            disabled={action.isBusy || reason.trim() === ""}
          >
            {props.verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
