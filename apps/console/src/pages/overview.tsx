import { readLedger } from "../api/alerts.ts";
import { readAudit } from "../api/audit.ts";
import { readGroups } from "../api/dead-letters.ts";
import { readQueues } from "../api/queues.ts";
import { readSlo } from "../api/slo.ts";
import { AuditList } from "../components/audit-list.tsx";
import { GroupList } from "../components/group-list.tsx";
import { ErrorNotice, Notice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { PageLink } from "../components/page-link.tsx";
import { Section } from "../components/section.tsx";
import { formatCount } from "../format.ts";
import { type Polled, usePoll } from "../state/poll.ts";
import { findConcerns } from "./overview/attention.ts";
import { BreakerCard } from "./overview/breaker-card.tsx";
import { HistoryCharts } from "./overview/history-charts.tsx";
import { LedgerCard } from "./overview/ledger-card.tsx";
import { LoadCard } from "./overview/load-card.tsx";
import { SloCard } from "./overview/slo-card.tsx";

/** Kinds of dead letters and audit entries that the overview shows. */
const SHOWN = 8;

/** What an operator wants to see first: what is wrong, how the objectives stand, and what to do about it. */
export function Overview() {
  const slo = usePoll(readSlo);
  const queues = usePoll(readQueues);
  const ledger = usePoll(readLedger);
  const groups = usePoll(readGroups);
  const audit = usePoll((signal) => readAudit({}, { limit: SHOWN }, signal));
  const concerns = findConcerns({ slo: slo.data, queues: queues.data });
  const isRead = slo.data !== undefined && queues.data !== undefined;
  return (
    <>
      <PageHead title="Overview" polls={[slo, queues, ledger, groups, audit]} />
      <div class="attention">
        {concerns.map(({ tone, title, detail, page }) => (
          <Notice key={title} tone={tone} title={title}>
            {detail} {page && <PageLink to={page.path}>{page.name}</PageLink>}
          </Notice>
        ))}
        {isRead && concerns.length === 0 && (
          <Notice tone="good" title="Nothing needs you">
            Load and delivery are as they should be, and no objective is missed
          </Notice>
        )}
      </div>
      <Unread of={slo} what="The service objectives" />
      <Unread of={queues} what="The queues" />
      <Unread of={ledger} what="The ledger" />
      <div class="cards">
        {slo.data && (
          <>
            <SloCard
              title="Ingest"
              slo={slo.data.components.ingestor}
              windowHours={slo.data.window_hours}
            />
            <SloCard
              title="Forwarding"
              slo={slo.data.components.forwarder}
              windowHours={slo.data.window_hours}
            />
          </>
        )}
        {queues.data && (
          <>
            <LoadCard alerter={queues.data.alerter} queues={queues.data.queues} />
            <BreakerCard breaker={queues.data.breaker} onChange={queues.reload} />
          </>
        )}
        {ledger.data && <LedgerCard ledger={ledger.data} />}
      </div>
      <HistoryCharts />
      <DeadLetterSection groups={groups} />
      <Section title="Recent changes" actions={<PageLink to="audit">All of them</PageLink>}>
        <Unread of={audit} what="The audit log" />
        {audit.data &&
          (audit.data.items.length > 0 ? (
            <AuditList entries={audit.data.items} />
          ) : (
            <p class="empty">Nobody has changed anything yet.</p>
          ))}
      </Section>
    </>
  );
}

function DeadLetterSection({ groups }: { groups: Polled<Awaited<ReturnType<typeof readGroups>>> }) {
  const all = groups.data ?? [];
  const total = all.reduce((sum, { count }) => sum + count, 0);
  return (
    <Section
      title="Dead letters"
      note={groups.data && `${formatCount(total)} in ${formatCount(all.length)} kinds`}
      actions={<PageLink to="dead-letters">All of them</PageLink>}
    >
      <Unread of={groups} what="The dead letters" />
      {groups.data && <GroupList groups={all.slice(0, SHOWN)} onChange={groups.reload} />}
    </Section>
  );
}

/** Why a part of the page has nothing to show; while it has something, the page's head says how old that is. */
function Unread({ of, what }: { of: Polled<unknown>; what: string }) {
  if (of.data !== undefined) return null;
  return <ErrorNotice error={of.error} title={`${what} cannot be read`} />;
}
