import { useState } from "preact/hooks";
import { type Rule, readRule, updateRule, updateRules } from "../../api/rules.ts";
import { TextField } from "../../components/field.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { useAction } from "../../state/action.ts";
import { useMay } from "../../state/session.ts";
import { type Direction, planMove } from "./rule-order.ts";
import { describeMatch, fitsText } from "./rule-text.ts";

/** Rows that are drawn at once; more are shown on demand. */
const ROWS = 100;

interface RuleTableProps {
  rules: readonly Rule[];
  onEdit(rule: Rule): void;
  onDelete(rule: Rule): void;
  onChange(): void;
}

/** All rules with what they match and what becomes of it. */
export function RuleTable(props: RuleTableProps) {
  const { rules, onChange } = props;
  const [text, setText] = useState("");
  const [rows, setRows] = useState(ROWS);
  const move = useAction(async (id: number, direction: Direction) => {
    await updateRules(planMove(rules, id, direction));
    onChange();
  });
  const toggle = useAction(async (id: number, isActive: boolean) => {
    const { body, etag } = await readRule(id);
    await updateRule(id, { ...body, is_active: isActive }, etag);
    onChange();
  });
  const shown = rules.filter((rule) => fitsText(rule, text));
  return (
    <>
      <search class="filters">
        <TextField label="Find a rule" type="search" value={text} onChange={setText} />
      </search>
      <ErrorNotice error={move.error ?? toggle.error} title="The rule was not changed" />
      <div class="table-box">
        <table>
          <thead>
            <tr>
              <th class="number">Priority</th>
              <th>Rule</th>
              <th>Production</th>
              <th>Development</th>
              <th>Team</th>
              <th>Active</th>
              <th>
                <span class="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, rows).map((rule) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                {...props}
                isBusy={move.isBusy || toggle.isBusy}
                onMove={(direction) => move.run(rule.id, direction)}
                onToggle={(isActive) => toggle.run(rule.id, isActive)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length > rows && (
        <button type="button" class="button more" onClick={() => setRows(rows + ROWS)}>
          Show more
        </button>
      )}
    </>
  );
}

function RuleRow(
  props: RuleTableProps & {
    rule: Rule;
    isBusy: boolean;
    onMove(direction: Direction): void;
    onToggle(isActive: boolean): void;
  },
) {
  const { rule, rules, isBusy } = props;
  const mayChange = useMay("admin");
  const isFirst = rules[0]?.id === rule.id;
  const isLast = rules.at(-1)?.id === rule.id;
  return (
    <tr class={rule.is_active ? "" : "row-off"}>
      <td class="number" data-label="Priority">
        {rule.priority}
      </td>
      <td class="cell-wide">
        <strong>{rule.name}</strong> <span class="muted small">#{rule.id}</span>
        <p class="small muted">{describeMatch(rule)}</p>
      </td>
      <td class="nowrap" data-label="Production">
        {rule.prod_handling.replaceAll("_", " ")}
      </td>
      <td class="nowrap" data-label="Development">
        {rule.dev_handling.replaceAll("_", " ")}
      </td>
      <td data-label="Team">{rule.team_assignment}</td>
      <td data-label="Active">
        <input
          type="checkbox"
          aria-label={`${rule.name} is active`}
          checked={rule.is_active}
          disabled={!mayChange || isBusy}
          onChange={(event) => props.onToggle(event.currentTarget.checked)}
        />
      </td>
      <td class="cell-wide">
        {mayChange && (
          <div class="cell-actions">
            <button
              type="button"
              class="button button-small button-quiet"
              aria-label={`Move ${rule.name} up`}
              disabled={isBusy || isFirst}
              onClick={() => props.onMove("up")}
            >
              ↑
            </button>
            <button
              type="button"
              class="button button-small button-quiet"
              aria-label={`Move ${rule.name} down`}
              disabled={isBusy || isLast}
              onClick={() => props.onMove("down")}
            >
              ↓
            </button>
            <button
              type="button"
              class="button button-small"
              aria-label={`Edit ${rule.name}`}
              onClick={() => props.onEdit(rule)}
            >
              Edit
            </button>
            <button
              type="button"
              class="button button-small"
              aria-label={`Delete ${rule.name}`}
              onClick={() => props.onDelete(rule)}
            >
              Delete
            </button>
          </div>
        )}
      </td>
    </tr>
  );
}
