import { useState } from "preact/hooks";
import { type ImportDiff, importRules } from "../../api/rules.ts";
import { Dialog } from "../../components/dialog.tsx";
import { TextArea } from "../../components/field.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { useAction } from "../../state/action.ts";
import { describeDiff } from "./import-diff.ts";

/** Takes a rules file: first what it would change, then, with a reason, the change as a whole. */
export function ImportDialog(props: { onClose(): void; onDone(): void }) {
  const [file, setFile] = useState("");
  const [replace, setReplace] = useState(false);
  const [reason, setReason] = useState("");
  const [diff, setDiff] = useState<ImportDiff>();
  const compare = useAction(async () =>
    setDiff(await importRules(file, { dryRun: true, replace })),
  );
  const take = useAction(() =>
    importRules(file, { dryRun: false, replace, reason: reason.trim() }),
  );
  const changeFile = (text: string): void => {
    setFile(text);
    setDiff(undefined);
  };
  return (
    <Dialog title="Import rules" onClose={props.onClose} wide>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          if (!diff) await compare.run();
          else if (await take.run()) props.onDone();
        }}
      >
        <input
          type="file"
          aria-label="Rules file"
          accept=".yaml,.yml,.json"
          onChange={async (event) =>
            changeFile((await event.currentTarget.files?.[0]?.text()) ?? "")
          }
        />
        <TextArea
          label="Rules, YAML or JSON"
          value={file}
          onChange={changeFile}
          rows={8}
          required
          hint="A rule with a known id replaces that rule; one without an id is new."
        />
        <label class="check">
          <input
            type="checkbox"
            checked={replace}
            onChange={(event) => {
              setReplace(event.currentTarget.checked);
              setDiff(undefined);
            }}
          />
          Remove all that is not in the file
        </label>
        <ErrorNotice error={compare.error} title="The file cannot be used" />
        {diff && <Diff diff={diff} />}
        {diff && (
          <TextArea
            label="Reason"
            hint="Goes into the audit log with your name."
            value={reason}
            onChange={setReason}
            required
          />
        )}
        <ErrorNotice error={take.error} title="Nothing was imported" />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class="button button-primary"
            disabled={
              file.trim() === "" ||
              compare.isBusy ||
              take.isBusy ||
              (diff !== undefined && reason.trim() === "")
            }
          >
            {diff ? "Import" : "Show what it changes"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Diff({ diff }: { diff: ImportDiff }) {
  const lines = describeDiff(diff);
  if (lines.length === 0) return <p role="status">It changes nothing.</p>;
  return (
    <pre class="code" role="status">
      {lines.join("\n")}
    </pre>
  );
}
