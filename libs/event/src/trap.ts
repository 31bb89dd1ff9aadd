import { type EventError, eventError, kindOf } from "./event-error.ts";

/** Every message that is made of a trap starts so; `messagePattern` keeps the OID that follows. */
export const TRAP_MESSAGE_START = "SNMP trap ";

/** RFC 2578 section 3.5: at most 128 arcs, each at most ten digits, the first 0, 1 or 2. */
const OID = /^\.?([0-2](?:\.(?:0|[1-9]\d{0,9})){1,127})$/;

/** The notifications every agent knows: RFC 3418 section 2, RFC 2863 for the links, RFC 3584 section 3.1 for the last. */
const STANDARD_TRAPS = new Map([
  ["1.3.6.1.6.3.1.1.5.1", "coldStart"],
  ["1.3.6.1.6.3.1.1.5.2", "warmStart"],
  ["1.3.6.1.6.3.1.1.5.3", "linkDown"],
  ["1.3.6.1.6.3.1.1.5.4", "linkUp"],
  ["1.3.6.1.6.3.1.1.5.5", "authenticationFailure"],
  ["1.3.6.1.6.3.1.1.5.6", "egpNeighborLoss"],
]);

/**
 * Reads a trap OID, with or without its leading dot; undefined when none is given. An empty text is
 * none: log templates send the field for every event.
 */
export function readTrapOid(value: unknown): string | undefined | EventError {
  if (value === undefined || value === null || value === "") return undefined;
  const oid = typeof value === "string" ? OID.exec(value.trim())?.[1] : undefined;
  if (oid !== undefined) return oid;
  const problem = typeof value === "string" ? "is not a dotted OID" : `is ${kindOf(value)}`;
  return eventError("trap_oid", `trap_oid ${problem}; send text such as 1.3.6.1.6.3.1.1.5.3`);
}

/**
 * A message for a trap that came without one: `SNMP trap linkDown (1.3.6.1.6.3.1.1.5.3): name=value, …`.
 * `variables` may be a list of `{oid, value}` or `{name, value}` objects, of `[name, value]` pairs or
 * of texts, or an object by name, or one text. It must be bounded in depth. The message stops growing
 * soon after `limit` characters.
 */
export function trapMessage(oid: string, variables: unknown, limit: number): string {
  const name = STANDARD_TRAPS.get(oid);
  let message = TRAP_MESSAGE_START + (name === undefined ? oid : `${name} (${oid})`);
  let separator = ": ";
  for (const variable of listVariables(variables)) {
    message += separator + variableText(variable);
    separator = ", ";
    if (message.length > limit) break;
  }
  return message;
}

function listVariables(variables: unknown): unknown[] {
  if (variables === undefined || variables === null || variables === "") return [];
  if (Array.isArray(variables)) return variables;
  if (typeof variables !== "object") return [variables];
  return variableName(variables) === undefined ? Object.entries(variables) : [variables];
}

function variableText(variable: unknown): string {
  if (typeof variable === "string") return variable.replace(POWERSHELL_PAIR, "$1=$2");
  if (typeof variable !== "object" || variable === null) return String(variable);
  if (Array.isArray(variable)) {
    const [name, value] = variable;
    const isPair = variable.length === 2 && typeof name === "string";
    return isPair ? `${name}=${valueText(value)}` : valueText(variable);
  }
  const name = variableName(variable);
  if (name !== undefined) return `${name}=${valueText(variableValue(variable))}`;
  return Object.entries(variable).map(variableText).join(", ");
}

/** How PowerShell writes an object into a text: `@{oid=1.3.6.1.2.1.2.2.1.1; value=2}`. */
const POWERSHELL_PAIR = /^@\{oid=([^;]*); ?value=(.*)\}$/s;

function variableName(variable: object): string | undefined {
  for (const key of ["name", "oid", "object", "key"]) {
    const name: unknown = (variable as Record<string, unknown>)[key];
    if (typeof name === "string" && hasValue(variable)) return name;
  }
  return undefined;
}

function hasValue(variable: object): boolean {
  return "value" in variable || "val" in variable;
}

function variableValue(variable: object): unknown {
  const { value, val } = variable as { value?: unknown; val?: unknown };
  return value ?? val;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
