import { stringify } from "yaml";
import { z } from "zod";
import { type RuleDraft, RuleDraftSchema } from "./rule.ts";
import {
  describeGiven,
  mustBe,
  mustBeText,
  type RuleProblem,
  ruleProblems,
} from "./rule-problems.ts";
import { parseStructuredText, startsAsJson } from "./structured-text.ts";

/** A host and the team that hears of its events when no rule matches them. */
export interface HostTeam {
  hostname: string;
  team: string;
}

/** What a rules file holds. */
export interface RulesFile {
  rules: RuleDraft[];
  dev_hosts: string[];
  teams: HostTeam[];
}

/** A problem of a rules file: where it is, `rules[3] (Link down)` say, or empty for the file as a whole. */
export interface RulesFileProblem extends RuleProblem {
  where: string;
}

/** A rules file cannot be taken; nothing of it is. The message has one line for each problem. */
export class RulesFileError extends Error {
  override readonly name = "RulesFileError";
  readonly problems: readonly RulesFileProblem[];

  constructor(problems: readonly RulesFileProblem[]) {
    super(`the rules file cannot be used:\n${listProblems(problems)}`);
    this.problems = problems;
  }
}

/** The same as the largest request body; a file of 20,000 rules is smaller. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** An error message lists so many problems; the error holds them all. */
const MAX_LISTED = 100;

/** Longer names are cut in an error. */
const MAX_NAME_SHOWN = 60;

const SECTIONS = ["rules", "dev_hosts", "teams"] as const;

/** A line that begins a section, in YAML. */
const SECTION_LINE = /^[ \t]*["']?(?:rules|dev_hosts|teams)["']?[ \t]*:/m;

const Name = z
  .string({ error: mustBeText })
  .trim()
  .min(1, { error: "must not be empty" })
  .max(255, { error: "is longer than 255 characters" });

const HostTeamSchema = z.strictObject(
  { hostname: Name, team: Name },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? "is not a field of a team entry; the fields are hostname, team"
        : `must be an object with hostname and team, not ${describeGiven(issue.input)}`,
  },
);

/**
 * Reads a rules file, YAML or JSON, of at most 5 MiB: an object with a list `rules` and perhaps lists
 * `dev_hosts` (host names) and `teams` (hostname, team). All or nothing: throws RulesFileError with
 * every problem found.
 */
export function parseRulesFile(text: string): RulesFile {
  const sections = readSections(text);
  const rules = readEntries(sections, "rules", RuleDraftSchema);
  const hosts = readEntries(sections, "dev_hosts", Name);
  const teams = readEntries(sections, "teams", HostTeamSchema);
  const problems = [
    ...rules.problems,
    ...findRepeats(rules.entries, "id", (rule) => rule.id),
    ...hosts.problems,
    ...findRepeats(hosts.entries, "", (host) => host),
    ...teams.problems,
    ...findRepeats(teams.entries, "hostname", (entry) => entry.hostname),
  ];
  if (problems.length > 0) throw new RulesFileError(problems);
  return {
    rules: rules.entries.map(({ value }) => value),
    dev_hosts: hosts.entries.map(({ value }) => value),
    teams: teams.entries.map(({ value }) => value),
  };
}

/** Writes a rules file that `parseRulesFile` reads back to the same rules, hosts and teams. */
export function formatRulesFile(file: RulesFile, format: "yaml" | "json"): string {
  const { rules, dev_hosts, teams } = file;
  const ordered = { dev_hosts, teams, rules };
  if (format === "json") return `${JSON.stringify(ordered, undefined, 2)}\n`;
  // Quotes what YAML 1.1 readers, still many, would take for a boolean or a number: `on`, `1_000`.
  return stringify(ordered, { lineWidth: 0, compat: "yaml-1.1", aliasDuplicateObjects: false });
}

function readSections(given: string): Record<string, unknown> {
  const text = given.replace(/^\ufeff/, "");
  if (new TextEncoder().encode(text).length > MAX_FILE_BYTES) {
    refuseFile("is larger than 5 MiB; split it");
  }
  if (text.trim() === "") refuseFile("is empty; it needs a list `rules`");
  // Spares a wrong file (a log, a web page) the YAML parser, which takes minutes over megabytes of errors.
  if (!startsAsJson(text) && !SECTION_LINE.test(text)) {
    refuseFile("does not look like a rules file; it needs a line `rules:` with the rules under it");
  }
  const parsed = parseStructuredText(text);
  if ("errors" in parsed) {
    const describe = (error: string) => ({ where: "", field: "", detail: `syntax: ${error}` });
    throw new RulesFileError(parsed.errors.map(describe));
  }
  return checkSections(parsed.value);
}

function checkSections(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuseFile(`is ${describeGiven(value)}; put the rules in a list under \`rules\``);
  }
  const unknown = Object.keys(value).filter((name) => !SECTIONS.some((known) => known === name));
  if (unknown.length === 0) return { ...value };
  const detail = `is not a section of a rules file; the sections are ${SECTIONS.join(", ")}`;
  throw new RulesFileError(unknown.map((field) => ({ where: "", field, detail })));
}

function refuseFile(detail: string): never {
  throw new RulesFileError([{ where: "", field: "", detail: `the file ${detail}` }]);
}

interface Entry<T> {
  where: string;
  value: T;
}

/** Reads the entries of a section that are right, and the problems of those that are not. Only `rules` must be there. */
function readEntries<T>(
  sections: Record<string, unknown>,
  section: (typeof SECTIONS)[number],
  schema: z.ZodType<T>,
): { entries: Entry<T>[]; problems: RulesFileProblem[] } {
  const entries: Entry<T>[] = [];
  const problems: RulesFileProblem[] = [];
  const given = sections[section] ?? (section === "rules" ? undefined : []);
  if (!Array.isArray(given)) {
    problems.push({ where: "", field: section, detail: mustBe("a list")({ input: given }) });
    return { entries, problems };
  }
  for (const [index, item] of given.entries()) {
    const where = `${section}[${index}]${describeName(item)}`;
    const parsed = schema.safeParse(item);
    if (parsed.success) entries.push({ where, value: parsed.data });
    else problems.push(...ruleProblems(parsed.error).map((problem) => ({ where, ...problem })));
  }
  return { entries, problems };
}

function describeName(item: unknown): string {
  const name = (item as { name?: unknown } | null | undefined)?.name;
  return typeof name === "string" ? ` (${name.slice(0, MAX_NAME_SHOWN)})` : "";
}

/** Finds entries whose key, if they have one, is that of an earlier entry. */
function findRepeats<T>(
  entries: readonly Entry<T>[],
  field: string,
  keyOf: (value: T) => unknown,
): RulesFileProblem[] {
  const first = new Map<unknown, string>();
  return entries.flatMap(({ where, value }) => {
    const key = keyOf(value);
    const earlier = first.get(key);
    if (key === undefined) return [];
    if (earlier === undefined) first.set(key, where);
    const detail = `repeats ${describeGiven(key)} of ${earlier}; keep one of them`;
    return earlier === undefined ? [] : [{ where, field, detail }];
  });
}

function listProblems(problems: readonly RulesFileProblem[]): string {
  const lines = problems.slice(0, MAX_LISTED).map(describeProblem);
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}

function describeProblem({ where, field, detail }: RulesFileProblem): string {
  return [where === "" || field === "" ? where : `${where}:`, field, detail]
    .filter((part) => part !== "")
    .join(" ");
}
