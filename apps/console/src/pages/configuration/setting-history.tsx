import { useEffect } from "preact/hooks";
import { readSettingHistory } from "../../api/settings.ts";
import { AuditList } from "../../components/audit-list.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { Section } from "../../components/section.tsx";
import { usePoll } from "../../state/poll.ts";

/** The latest changes of one setting, or of all. */
export function SettingHistory(props: { of?: string; changes: number }) {
  const history = usePoll((signal) => readSettingHistory(props.of, signal), {
    key: props.of ?? "",
  });
  useEffect(() => {
    if (props.changes > 0) history.reload();
  }, [props.changes]);
  return (
    <Section title="History">
      {!history.data && <ErrorNotice error={history.error} title="The history cannot be read" />}
      {history.data?.items.length === 0 && <p class="empty">Never changed.</p>}
      {history.data && history.data.items.length > 0 && <AuditList entries={history.data.items} />}
    </Section>
  );
}
