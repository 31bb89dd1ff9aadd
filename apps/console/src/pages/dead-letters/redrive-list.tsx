import { useEffect, useState } from "preact/hooks";
import { type Redrive, readRedrives } from "../../api/redrives.ts";
import { Dialog } from "../../components/dialog.tsx";
import { RedriveBadge, RedriveProgress } from "../../components/redrive-progress.tsx";
import { Section } from "../../components/section.tsx";
import { formatAgo, formatCount } from "../../format.ts";
import { useNow } from "../../state/now.ts";
import { usePoll } from "../../state/poll.ts";

/** How many redrives are shown. */
const SHOWN = 5;

/** The latest redrives; each opens to be watched and steered. */
export function RedriveList({ changes }: { changes: number }) {
  const latest = usePoll((signal) => readRedrives(SHOWN, signal));
  const [opened, setOpened] = useState<Redrive>();
  const now = useNow();
  useEffect(() => {
    if (changes > 0) latest.reload();
  }, [changes]);
  const redrives = latest.data?.items ?? [];
  if (redrives.length === 0) return null;
  return (
    <Section title="Redrives">
      <div class="table-box">
        <table>
          <thead>
            <tr>
              <th>State</th>
              <th>Progress</th>
              <th>By</th>
              <th>Reason</th>
              <th>Begun</th>
              <th>
                <span class="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {redrives.map((redrive) => (
              <tr key={redrive.id}>
                <td data-label="State">
                  <RedriveBadge state={redrive.state} />
                </td>
                <td class="nowrap" data-label="Progress">
                  {formatCount(redrive.done)} of {formatCount(redrive.total)}
                </td>
                <td data-label="By">{redrive.actor}</td>
                <td data-label="Reason">{redrive.reason}</td>
                <td class="nowrap" data-label="Begun">
                  {formatAgo(redrive.created_at, now)}
                </td>
                <td>
                  <div class="cell-actions">
                    <button
                      type="button"
                      class="button button-small"
                      onClick={() => setOpened(redrive)}
                    >
                      Watch
                    </button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {opened && (
        <Dialog title="Redrive" onClose={() => setOpened(undefined)} wide>
          <RedriveProgress redrive={opened} onChange={latest.reload} />
        </Dialog>
      )}
    </Section>
  );
}
