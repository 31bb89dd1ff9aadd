import { readFile, writeFile } from "node:fs/promises";
import { normaliseEvent } from "@mutt/event";
import { compileRules, formatRulesFile, parseRulesFile, type Rule } from "@mutt/rules";
import { importRules, readRuleBook, type StoreDeps } from "@mutt/store";
import { type CommandLine, operand } from "./command-line.ts";
import { UsageError } from "./usage.ts";

/** Where the rules are and who asks. */
export interface RulesDeps extends StoreDeps {
  actor: string;
  print(text: string): void;
}

/** Takes a rules file in, all or nothing. */
export async function importFile(deps: RulesDeps, line: CommandLine): Promise<void> {
  const file = parseRulesFile(await readText(operand(line, 0, "FILE")));
  const result = await importRules(deps, file, {
    actor: deps.actor,
    replace: line.replace,
    ...(line.reason === undefined ? {} : { reason: line.reason }),
  });
  deps.print(
    `rules: ${result.created} created, ${result.updated} updated, ${result.removed} removed`,
  );
}

/** Writes the rules in force out as a rules file. */
export async function exportFile(deps: RulesDeps, line: CommandLine): Promise<void> {
  const book = await readRuleBook(deps);
  const text = formatRulesFile(
    {
      rules: book.rules,
      dev_hosts: [...book.devHosts].sort(),
      teams: [...book.teams].sort().map(([hostname, team]) => ({ hostname, team })),
    },
    line.json ? "json" : "yaml",
  );
  const [target] = line.operands;
  if (target === undefined) deps.print(text.trimEnd());
  else await writeFile(target, text);
}

/** Says which rule matches an event and why the others do not. */
export async function testEvent(deps: RulesDeps, line: CommandLine): Promise<void> {
  const event = readEvent(operand(line, 0, "EVENT"));
  const verdicts = compileRules(await rulesFor(deps, line)).explain(event);
  const selected = verdicts.find((verdict) => verdict.verdict === "selected");
  deps.print(
    selected
      ? `matches rule ${selected.rule_id} (${selected.rule_name}): ${selected.reason}`
      : "matches no rule: the event would be counted as unhandled",
  );
  for (const { rule_id, rule_name, verdict, reason } of verdicts) {
    if (verdict !== "selected")
      deps.print(`  ${verdict}: rule ${rule_id} (${rule_name}): ${reason}`);
  }
}

async function rulesFor(deps: RulesDeps, line: CommandLine): Promise<Rule[]> {
  if (line.file === undefined) return (await readRuleBook(deps)).rules;
  const { rules } = parseRulesFile(await readText(line.file));
  // Rules without an id come after those with one, in the order of the file.
  const highest = Math.max(0, ...rules.map((rule) => rule.id ?? 0));
  return rules.map((rule, index) => ({ ...rule, id: rule.id ?? highest + index + 1 }));
}

function readEvent(text: string): Parameters<ReturnType<typeof compileRules>["match"]>[0] {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new UsageError(
      'rules test: EVENT must be JSON, such as \'{"hostname":"h","message":"m"}\'',
    );
  }
  const result = normaliseEvent(raw, {
    id: "test",
    correlationId: "test",
    receivedAtMs: Date.now(),
  });
  if (!result.ok) throw new UsageError(`rules test: ${result.error.field}: ${result.error.detail}`);
  return result.event;
}

async function readText(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`${file} cannot be read`, { cause });
  });
}
