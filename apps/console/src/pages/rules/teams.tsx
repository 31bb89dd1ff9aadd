import { useState } from "preact/hooks";
import { readTeams, removeTeam, setTeam } from "../../api/rules.ts";
import { TextField } from "../../components/field.tsx";
import { HostList } from "../../components/host-list.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { Section } from "../../components/section.tsx";
import { useAction } from "../../state/action.ts";
import { usePoll } from "../../state/poll.ts";
import { useMay } from "../../state/session.ts";

/** Which team hears of a host's events that no rule knows. */
export function Teams() {
  const teams = usePoll(readTeams);
  const mayChange = useMay("admin");
  const [hostname, setHostname] = useState("");
  const [team, setTeamName] = useState("");
  const change = useAction(async (act: () => Promise<void>) => {
    await act();
    teams.reload();
  });
  return (
    <Section title="Teams of hosts" note="They hear of events that no rule knows.">
      {!teams.data && <ErrorNotice error={teams.error} title="The teams cannot be read" />}
      <div class="stack">
        {mayChange && (
          <form
            class="filters"
            onSubmit={async (event) => {
              event.preventDefault();
              const given = { hostname: hostname.trim(), team: team.trim() };
              if (await change.run(() => setTeam(given))) setHostname("");
            }}
          >
            <TextField label="Host" value={hostname} onChange={setHostname} required />
            <TextField label="Team" value={team} onChange={setTeamName} required />
            <button type="submit" class="button" disabled={change.isBusy}>
              Set
            </button>
          </form>
        )}
        <ErrorNotice error={change.error} />
        {teams.data && (
          <HostList
            hosts={teams.data.map((entry) => ({ hostname: entry.hostname, detail: entry.team }))}
            canRemove={mayChange}
            isBusy={change.isBusy}
            onRemove={(name) => change.run(() => removeTeam(name))}
            empty="No host has a team of its own."
          />
        )}
      </div>
    </Section>
  );
}
