import { z } from "zod";

/** One run-time setting: how its text is read, what holds without one, and what to tell people about it. */
export interface Setting<T extends SettingValue> {
  /** From the text in Redis or the environment to the value. */
  schema: z.ZodType<T, string>;
  default: T;
  /** What a number counts; empty where there is nothing to count. */
  unit: string;
  description: string;
  /** The kind of value: `integer`, `number`, `boolean`, `choice` or `text`. */
  type: SettingType;
  /** What may be given, in words that follow "expected". */
  allowed: string;
}

/** The value of a setting. */
export type SettingValue = string | number | boolean;

/** The kind of a setting's value. */
export type SettingType = "integer" | "number" | "boolean" | "choice" | "text";

interface Described<T> {
  default: T;
  unit?: string;
  description: string;
}

interface Range extends Described<number> {
  min: number;
  max: number;
}

/** A whole number in plain digits; signs, fractions and exponents are refused rather than guessed at. */
export function integer(options: Range): Setting<number> {
  const { min, max } = options;
  const allowed = `a whole number from ${min} to ${max}`;
  const schema = numeric(/^(0|[1-9]\d{0,14})$/, (value) => value >= min && value <= max, allowed);
  return { ...described(options), schema, type: "integer", allowed };
}

/** A number above `min` and up to `max`, with a point and digits where it has a fraction. */
export function positive(options: Described<number> & { max: number }): Setting<number> {
  const allowed = `a number above 0 and up to ${options.max}`;
  const schema = numeric(DECIMAL, (value) => value > 0 && value <= options.max, allowed);
  return { ...described(options), schema, type: "number", allowed };
}

/** A share of events: above 0 and below 1, for an objective of 1 leaves no error budget. */
export function share(options: Described<number>): Setting<number> {
  const allowed = "a number above 0 and below 1";
  const schema = numeric(DECIMAL, (value) => value > 0 && value < 1, allowed);
  return { ...described(options), schema, type: "number", allowed };
}

/** On or off. */
export function toggle(options: Described<boolean>): Setting<boolean> {
  const allowed = "true, false, 1 or 0";
  const schema = z
    .string()
    .refine((text) => ["true", "false", "1", "0"].includes(text), { error: `expected ${allowed}` })
    .transform((text) => text === "true" || text === "1");
  return { ...described(options), schema, type: "boolean", allowed };
}

/** One of a few words. */
export function choice<const T extends string>(
  words: readonly [T, ...T[]],
  options: Described<NoInfer<T>>,
): Setting<T> {
  const allowed = words.join(" or ");
  const schema = z.string().pipe(z.enum(words, { error: `expected ${allowed}` }));
  return {
    ...described(options),
    schema: schema as unknown as z.ZodType<T, string>,
    type: "choice",
    allowed,
  };
}

/** A name: 1 to 100 printable characters. */
export function name(options: Described<string>): Setting<string> {
  const allowed = "1 to 100 printable characters";
  const schema = z.string().regex(/^[^\p{C}]{1,100}$/u, { error: `expected ${allowed}` });
  return { ...described(options), schema, type: "text", allowed };
}

const DECIMAL = /^(0|[1-9]\d{0,14})(\.\d{1,15})?$/;

function numeric(form: RegExp, fits: (value: number) => boolean, allowed: string) {
  const error = `expected ${allowed}`;
  return z.string().regex(form, { error }).transform(Number).refine(fits, { error });
}

function described<T>({ default: fallback, unit = "", description }: Described<T>) {
  return { default: fallback, unit, description };
}
