import { useState } from "preact/hooks";
import { readGroups } from "../api/dead-letters.ts";
import { GroupList } from "../components/group-list.tsx";
import { ErrorNotice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RedriveDialog } from "../components/redrive-dialog.tsx";
import { Section } from "../components/section.tsx";
import { describeFilter, filterOf } from "../state/dead-letter-filter.ts";
import { usePoll } from "../state/poll.ts";
import { useRoute } from "../state/route.ts";
import { useMay } from "../state/session.ts";
import { EntryList } from "./dead-letters/entry-list.tsx";
import { FilterBar } from "./dead-letters/filter-bar.tsx";
import { RedriveList } from "./dead-letters/redrive-list.tsx";

/** What could not be delivered: by kind, one by one, and what is being done about it. */
export function DeadLetters() {
  const { query } = useRoute();
  const filter = filterOf(query);
  const mayAct = useMay("operator");
  const groups = usePoll(readGroups);
  const [isPlanning, setPlanning] = useState(false);
  const [changes, setChanges] = useState(0);
  const about = describeFilter(filter);
  const onChange = (): void => {
    setChanges((count) => count + 1);
    groups.reload();
  };
  return (
    <>
      <PageHead title="Dead letters" polls={[groups]}>
        {mayAct && (
          <button type="button" class="button button-primary" onClick={() => setPlanning(true)}>
            {about === "" ? "Plan a redrive of all" : "Plan a redrive of these"}
          </button>
        )}
      </PageHead>
      <FilterBar filter={filter} />
      <RedriveList changes={changes} />
      {about === "" && (
        <Section title="Kinds">
          {!groups.data && (
            <ErrorNotice error={groups.error} title="The kinds of dead letters cannot be read" />
          )}
          {groups.data && <GroupList groups={groups.data} onChange={onChange} />}
        </Section>
      )}
      <EntryList filter={filter} changes={changes} />
      {isPlanning && (
        <RedriveDialog
          filter={filter}
          about={about === "" ? "All dead letters" : about}
          onClose={() => setPlanning(false)}
          onChange={onChange}
        />
      )}
    </>
  );
}
