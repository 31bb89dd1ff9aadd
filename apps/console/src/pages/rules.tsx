import { useState } from "preact/hooks";
import { type Rule, readRules, rulesExport } from "../api/rules.ts";
import { ErrorNotice } from "../components/notice.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Section } from "../components/section.tsx";
import { formatPlural } from "../format.ts";
import { usePoll } from "../state/poll.ts";
import { useMay } from "../state/session.ts";
import { DeleteRuleDialog } from "./rules/delete-rule-dialog.tsx";
import { DevHosts } from "./rules/dev-hosts.tsx";
import { ImportDialog } from "./rules/import-dialog.tsx";
import { RuleDialog } from "./rules/rule-dialog.tsx";
import { RuleTable } from "./rules/rule-table.tsx";
import { Teams } from "./rules/teams.tsx";
import { TestEventForm } from "./rules/test-event-form.tsx";

type Open = { kind: "create" } | { kind: "import" } | { kind: "edit" | "delete"; rule: Rule };

/** The rules in the order in which they are asked, and everything that changes them. */
export function Rules() {
  const rules = usePoll(readRules);
  const mayChange = useMay("admin");
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    close();
    rules.reload();
  };
  return (
    <>
      <PageHead title="Rules" polls={[rules]}>
        <a class="button" href={rulesExport()} download="mutt-rules.yaml">
          Export
        </a>
        {mayChange && (
          <>
            <button type="button" class="button" onClick={() => setOpen({ kind: "import" })}>
              Import
            </button>
            <button
              type="button"
              class="button button-primary"
              onClick={() => setOpen({ kind: "create" })}
            >
              New rule
            </button>
          </>
        )}
      </PageHead>
      <TestEventForm />
      {!rules.data && <ErrorNotice error={rules.error} title="The rules cannot be read" />}
      {rules.data && (
        <Section
          title="In the order of matching"
          note={`${formatPlural(rules.data.length, "rule", "rules")}; the first match decides`}
        >
          {rules.data.length === 0 ? (
            <p class="empty">No rules: every event counts as unhandled.</p>
          ) : (
            <RuleTable
              rules={rules.data}
              onEdit={(rule) => setOpen({ kind: "edit", rule })}
              onDelete={(rule) => setOpen({ kind: "delete", rule })}
              onChange={rules.reload}
            />
          )}
        </Section>
      )}
      <DevHosts />
      <Teams />
      {open?.kind === "create" && <RuleDialog onClose={close} onDone={done} />}
      {open?.kind === "edit" && <RuleDialog rule={open.rule} onClose={close} onDone={done} />}
      {open?.kind === "delete" && (
        <DeleteRuleDialog rule={open.rule} onClose={close} onDone={done} />
      )}
      {open?.kind === "import" && <ImportDialog onClose={close} onDone={done} />}
    </>
  );
}
