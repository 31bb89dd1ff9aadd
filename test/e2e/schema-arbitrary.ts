import fc from "fast-check";

/** The parts of JSON Schema that the descriptions of the API use. */
interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
}

/** One value in so many is of any kind whatever the schema says. */
const WRONG_OF = 25;

/** Texts that mean something to parsers, databases and browsers. */
const NASTY = [
  "",
  " ",
  "\u0000",
  "__proto__",
  "constructor",
  "../..",
  "%00",
  "'\"`;--",
  "💥",
  "é".repeat(200),
  "(a+)+$",
  "(?i)x",
  "[",
  "1e999",
  "-1",
  "null",
  "<script>",
  "a\r\nb",
];

/** Makes values that a schema describes, and now and then one that it does not. */
export function arbitraryFor(schema: object, depth = 0): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...NASTY));
  return fc.oneof(
    { weight: WRONG_OF - 1, arbitrary: fitting(schema as JsonSchema, depth) },
    { weight: 1, arbitrary: wrong },
  );
}

function fitting(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  if (choices) return fc.oneof(...choices.map((choice) => arbitraryFor(choice, depth)));
  switch (schema.type) {
    case "object":
      return objects(schema, depth);
    case "array":
      return depth > 4
        ? fc.constant([])
        : fc.array(arbitraryFor(schema.items ?? {}, depth + 1), { maxLength: 5 });
    case "integer":
    case "number":
      return numbers(schema);
    case "boolean":
      return fc.boolean();
    case "string":
      return fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.constantFrom(...NASTY),
        fc.constantFrom("lab", "network", "1.3.6.1.4", "r"),
      );
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function objects(
  { properties = {}, required = [] }: JsonSchema,
  depth: number,
): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, arbitraryFor(property, depth + 1)]),
  );
  const extra = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), {
    maxKeys: 1,
  });
  const known = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  return fc.oneof(
    { weight: 12, arbitrary: known },
    {
      weight: 1,
      arbitrary: fc.tuple(known, extra).map(([fieldsOf, more]) => ({ ...fieldsOf, ...more })),
    },
  );
}

function numbers({ minimum = -1000, maximum = 1000, type }: JsonSchema): fc.Arbitrary<unknown> {
  const [min, max] = [Math.max(minimum, -(2 ** 40)), Math.min(maximum, 2 ** 40)];
  const inside = fc.integer({ min: Math.ceil(min), max: Math.floor(max) });
  const small = fc.integer({
    min: Math.ceil(min),
    max: Math.min(Math.floor(max), Math.ceil(min) + 10),
  });
  const odd = type === "number" ? fc.double({ min, max, noNaN: true }) : small;
  return fc.oneof(inside, small, odd, fc.constantFrom(min - 1, max + 1, 0.5));
}
