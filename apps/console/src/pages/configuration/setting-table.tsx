import type { Setting } from "../../api/settings.ts";
import { Badge } from "../../components/badge.tsx";
import { Notice } from "../../components/notice.tsx";
import { useMay } from "../../state/session.ts";

/** Where a value comes from, in words. */
const SOURCES = { redis: "set here", environment: "environment", default: "default" } as const;

/** Settings with their values; who may opens one to change it, others to read more. */
export function SettingTable(props: {
  settings: readonly Setting[];
  onOpen(setting: Setting): void;
}) {
  const mayChange = useMay("admin");
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th>Setting</th>
            <th class="number">Value</th>
            <th class="number">Default</th>
            <th>Source</th>
            <th>
              <span class="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.settings.map((setting) => (
            <tr key={setting.key}>
              <td class="cell-wide">
                <code>{setting.key}</code>
                <p class="small muted">{setting.description}</p>
                {setting.problem && (
                  <Notice tone="warn" title="The stored value is not in force">
                    {setting.problem}
                  </Notice>
                )}
              </td>
              <td class="number" data-label="Value">
                <span>
                  <strong>{String(setting.value)}</strong> <span class="muted">{setting.unit}</span>
                </span>
              </td>
              <td class="number muted" data-label="Default">
                {String(setting.default)}
              </td>
              <td data-label="Source">
                <Badge tone={setting.source === "default" ? "idle" : "info"}>
                  {SOURCES[setting.source]}
                </Badge>
              </td>
              <td>
                <div class="cell-actions">
                  <button
                    type="button"
                    class="button button-small"
                    aria-label={`${mayChange ? "Change" : "History of"} ${setting.key}`}
                    onClick={() => props.onOpen(setting)}
                  >
                    {mayChange ? "Change" : "History"}
                  </button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
