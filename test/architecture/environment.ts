// The environment variables of the whole project, read from the schemas that the processes parse with.
import { readFileSync } from "node:fs";
import { SETTING_KEYS, SETTINGS } from "@mutt/dynamic-config";
import { RedisEnv } from "@mutt/redis";
import { baseEnv } from "@mutt/service";
import { TracingEnv } from "@mutt/tracing";
import { AdminEnv } from "../../apps/admin/src/config.ts";
import { AlerterEnv } from "../../apps/alerter/src/config.ts";
import { ForwarderEnv } from "../../apps/forwarder/src/config.ts";
import { IngestorEnv } from "../../apps/ingestor/src/config.ts";
import { RemediationEnv } from "../../apps/remediation/src/config.ts";
import { StackEnv } from "../../apps/stack/src/settings.ts";
import { formatTable } from "./markdown.ts";

/** The part of a zod schema that is read here. */
interface Schema {
  description?: string | undefined;
  safeParse(value: unknown): { success: boolean; data?: unknown; error?: unknown };
}

type Shape = Readonly<Record<string, Schema>>;

/** One environment variable, put together of all schemas that have it. */
interface Variable {
  name: string;
  group: string;
  readBy: string[];
  /** Empty when there is none. */
  fallback: string;
  isRequired: boolean;
  /** What may be given; empty where the description says it. */
  expected: string;
  description: string;
  /** What it means to `npm start`, where that is something else. */
  underStart: string;
}

const APPS: Record<string, Shape> = {
  ingestor: IngestorEnv.shape,
  alerter: AlerterEnv.shape,
  forwarder: ForwarderEnv.shape,
  remediation: RemediationEnv.shape,
  admin: AdminEnv.shape,
};

/** Everything that reads variables, in the order of the tables. */
const READERS: Record<string, Shape> = {
  ...APPS,
  "npm start": StackEnv.shape,
  receiver: receiverShape(),
};

/** Every variable that some process reads, save the run-time settings in capitals. */
const VARIABLES: readonly Variable[] = groups().flatMap(({ title, names }) =>
  names.map((name) => describeVariable(name, title)),
);

/** Every variable by name, the run-time settings included. */
export const VARIABLE_NAMES: readonly string[] = [
  ...VARIABLES.map(({ name }) => name),
  ...SETTING_KEYS.map((key) => key.toUpperCase()),
];

/** The receiver's schema is its own; its variables are those of `npm start`, so their names are enough. */
function receiverShape(): Shape {
  const source = readFileSync(
    new URL("../../apps/receiver/src/config.ts", import.meta.url),
    "utf8",
  );
  const shape: Shape = StackEnv.shape;
  const names = [...source.matchAll(/^ {2}([A-Z_]+): z\b/gm)].map((match) => match[1] ?? "");
  return Object.fromEntries(names.map((name) => [name, shape[name] as Schema]));
}

function groups(): { title: string; names: string[] }[] {
  const seen = new Set<string>();
  const take = (title: string, names: string[]) => {
    const fresh = [...new Set(names)].filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    return { title, names: fresh };
  };
  const stack = Object.keys(StackEnv.shape);
  return [
    take("Every app", Object.keys(baseEnv)),
    take("Redis", [
      ...Object.keys(RedisEnv.shape),
      ...stack.filter((name) => name.startsWith("REDIS_")),
    ]),
    take("Traces", Object.keys(TracingEnv.shape)),
    ...Object.entries(APPS).map(([app, shape]) => take(`The ${app}`, Object.keys(shape))),
    take("npm start", stack),
  ];
}

function describeVariable(name: string, group: string): Variable {
  const readers = Object.entries(READERS).filter(([, shape]) => name in shape);
  const appSchema = readers.find(([reader]) => reader in APPS)?.[1][name];
  const startSchema = (StackEnv.shape as Shape)[name];
  const schema = appSchema ?? startSchema;
  if (schema === undefined) throw new Error(`no schema has ${name}`);
  const unset = schema.safeParse(undefined);
  const startText = startSchema?.description ?? "";
  const isOther = appSchema !== undefined && startText !== appSchema.description;
  return {
    name,
    group,
    readBy: shorten(readers.map(([reader]) => reader)),
    fallback: unset.success && unset.data !== undefined ? String(unset.data) : "",
    isRequired: !unset.success,
    expected: expectedOf(schema),
    description: schema.description ?? "",
    // Ports mean the same to both.
    underStart: isOther && !name.endsWith("_PORT") ? startText : "",
  };
}

function shorten(readers: string[]): string[] {
  const apps = Object.keys(APPS);
  if (!apps.every((app) => readers.includes(app))) return readers;
  return ["every app", ...readers.filter((reader) => !apps.includes(reader))];
}

/** Asks a schema with a text that fits none, for the words in which it refuses. */
function expectedOf(schema: Schema): string {
  const { error } = schema.safeParse("\n");
  const { issues = [] } = (error ?? {}) as { issues?: { message: string }[] };
  const words = /^expected (.*?)(?:, for example .*)?$/.exec(issues[0]?.message ?? "")?.[1] ?? "";
  // Some descriptions say it already.
  return schema.description?.includes(words) ? "" : words;
}

/** The rows of the variables' table in docs/configuration.md. */
export function environmentTable(): string {
  const rows = VARIABLES.map((variable) => [
    `\`${variable.name}\``,
    code(variable.fallback),
    variable.readBy.join(", "),
    variable.expected,
    meaningOf(variable),
  ]);
  return formatTable(["variable", "default", "read by", "expected", "what it does"], rows);
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

function meaningOf({ description, underStart, isRequired }: Variable): string {
  const own = isRequired ? `${description} (required)` : description;
  return underStart === "" ? own : `${own}. Under \`npm start\`: ${underStart}`;
}

const TEMPLATE_HEAD = `# Every environment variable of MUTT, with its default. Nothing reads this file by itself: copy it to .env,
# take the # away from what you want to change, and hand it to a process, for example with
#   set -a; . ./.env; set +a; npm start
# A variable that is set but empty counts as not set. docs/configuration.md says more.
`;

/** The text of .env.template. */
export function envTemplate(): string {
  const parts = [TEMPLATE_HEAD];
  for (const [title, variables] of Map.groupBy(VARIABLES, ({ group }) => group)) {
    parts.push(`# ---- ${title} ----\n`, ...variables.map(templateEntry));
  }
  parts.push(
    "# ---- Run-time settings: a value in Redis (npm run mutt -- config set) wins over these ----\n",
    ...SETTING_KEYS.map((key) => {
      const { description, allowed, unit, default: fallback } = SETTINGS[key];
      const expected = unit === "" ? allowed : `${allowed} (${unit})`;
      return entry({ name: key.toUpperCase(), text: description, expected, value: `${fallback}` });
    }),
  );
  return parts.join("\n");
}

function templateEntry(variable: Variable): string {
  const { name, fallback, expected } = variable;
  return entry({ name, text: meaningOf(variable).replaceAll("`", ""), expected, value: fallback });
}

function entry(lines: { name: string; text: string; expected: string; value: string }): string {
  const expected = lines.expected === "" ? "" : `# Expected: ${lines.expected}\n`;
  return `# ${lines.text}\n${expected}#${lines.name}=${lines.value}\n`;
}
