import { useState } from "preact/hooks";
import { readSettings, type Setting } from "../api/settings.ts";
import { TextField } from "../components/field.tsx";
import { ErrorNotice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { usePoll } from "../state/poll.ts";
import { SettingDialog } from "./configuration/setting-dialog.tsx";
import { SettingHistory } from "./configuration/setting-history.tsx";
import { SettingTable } from "./configuration/setting-table.tsx";

/** The run-time settings: what is in force, where that comes from, and how to change it. */
export function Configuration() {
  const settings = usePoll(readSettings);
  const [text, setText] = useState("");
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [opened, setOpened] = useState<Setting>();
  const [changes, setChanges] = useState(0);
  const shown = (settings.data ?? []).filter(
    (setting) => fits(setting, text) && (!onlyChanged || setting.source !== "default"),
  );
  return (
    <>
      <PageHead title="Configuration" polls={[settings]} />
      <search class="filters">
        <TextField label="Find a setting" type="search" value={text} onChange={setText} />
        <label class="check">
          <input
            type="checkbox"
            checked={onlyChanged}
            onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
          />
          Only what differs from the default
        </label>
      </search>
      {!settings.data && <ErrorNotice error={settings.error} title="The settings cannot be read" />}
      {settings.data && shown.length === 0 && <p class="empty">No setting fits.</p>}
      {shown.length > 0 && <SettingTable settings={shown} onOpen={setOpened} />}
      <SettingHistory changes={changes} />
      {opened && (
        <SettingDialog
          setting={opened}
          onClose={() => setOpened(undefined)}
          onDone={() => {
            setOpened(undefined);
            setChanges((count) => count + 1);
            settings.reload();
          }}
        />
      )}
    </>
  );
}

function fits({ key, description }: Setting, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return key.includes(wanted) || description.toLowerCase().includes(wanted);
}
