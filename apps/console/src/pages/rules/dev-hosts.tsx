import { useState } from "preact/hooks";
import { addDevHost, readDevHosts, removeDevHost } from "../../api/rules.ts";
import { TextField } from "../../components/field.tsx";
import { HostList } from "../../components/host-list.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { Section } from "../../components/section.tsx";
import { useAction } from "../../state/action.ts";
import { usePoll } from "../../state/poll.ts";
import { useMay } from "../../state/session.ts";

/** The hosts whose events are handled as a rule says for development. */
export function DevHosts() {
  const hosts = usePoll(readDevHosts);
  const mayChange = useMay("admin");
  const [hostname, setHostname] = useState("");
  const change = useAction(async (act: () => Promise<void>) => {
    await act();
    hosts.reload();
  });
  return (
    <Section title="Development hosts" note="Their events use the handling for development.">
      {!hosts.data && <ErrorNotice error={hosts.error} title="The hosts cannot be read" />}
      <div class="stack">
        {mayChange && (
          <form
            class="filters"
            onSubmit={async (event) => {
              event.preventDefault();
              if (await change.run(() => addDevHost(hostname.trim()))) setHostname("");
            }}
          >
            <TextField label="Add a host" value={hostname} onChange={setHostname} required />
            <button type="submit" class="button" disabled={change.isBusy}>
              Add
            </button>
          </form>
        )}
        <ErrorNotice error={change.error} />
        {hosts.data && (
          <HostList
            hosts={hosts.data.map((name) => ({ hostname: name }))}
            canRemove={mayChange}
            isBusy={change.isBusy}
            onRemove={(name) => change.run(() => removeDevHost(name))}
            empty="No development hosts."
          />
        )}
      </div>
    </Section>
  );
}
