import { deleteRule, type Rule } from "../../api/rules.ts";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { useAction } from "../../state/action.ts";
import { describeMatch } from "./rule-text.ts";

/** Asks before a rule goes. */
export function DeleteRuleDialog(props: { rule: Rule; onClose(): void; onDone(): void }) {
  const { rule } = props;
  const remove = useAction(() => deleteRule(rule.id));
  return (
    <Dialog title={`Delete rule ${rule.id}?`} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await remove.run()) props.onDone();
        }}
      >
        <p>
          <strong>{rule.name}</strong>: {describeMatch(rule)}. Events that it would have matched go
          on to the rules after it. The audit log keeps what it was.
        </p>
        <ErrorNotice error={remove.error} title="The rule was not deleted" />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-danger" disabled={remove.isBusy}>
            Delete
          </button>
        </div>
      </form>
    </Dialog>
  );
}
