// Bodies of ingest requests: right, nearly right and hostile.
import fc from "fast-check";
import { anyText, jsonText, listText, objectText } from "./texts.ts";

/** An event that ingest has to take, and two fields as they have to come out. */
export interface SoundEvent {
  text: string;
  hostname: string;
  message: string;
}

/** Part of a body: text, bytes, or a text many times over, so that a counterexample stays readable. */
export type BodyPart = string | Uint8Array<ArrayBuffer> | { repeat: string; times: number };

/** A body, and the events of one that nothing is wrong with. */
export interface BodyCase {
  parts: BodyPart[];
  sound?: { events: SoundEvent[]; isList: boolean };
  /** The type that the parts were written for. */
  type: "json" | "ndjson" | "any";
}

const OWN_FIELDS = new Set([
  "hostname",
  "message",
  "timestamp",
  "trap_oid",
  "syslog_severity",
  "severity",
]);

/** Replaces what ingest has to replace, by the words of the documentation. */
function cleaned(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

type Entry = readonly [string, string];

const usableHost = fc.oneof(
  fc.domain(),
  fc.ipV6(),
  anyText.filter((text) => text.trim() !== ""),
  fc.constantFrom("h".repeat(255), ` ${"h".repeat(255)} `),
);

const usableMessage = fc.oneof(
  { weight: 10, arbitrary: fc.string({ minLength: 1, maxLength: 80 }) },
  { weight: 10, arbitrary: anyText.filter((text) => text !== "") },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("m", "é", "💥", "\u0001", "\ud800", "\0"),
        fc.integer({ min: 8000, max: 9000 }),
      )
      .map(([text, times]) => text.repeat(times)),
  },
);

/** The first 8192 units, without half a pair at the end. */
function cutMessage(message: string): string {
  const cut = message.slice(0, 8192);
  const endsInHalf = message.length > 8192 && /[\ud800-\udbff]$/.test(cut);
  return endsInHalf ? cut.slice(0, -1) : cut;
}

const timestampText = fc.oneof(
  jsonText,
  fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)),
  fc.constantFrom(
    '"Nov 24 06:01:02"',
    '"*Feb 29 23:59:60.123"',
    '"2026-11-24T06:01:02.123456789+05:30"',
    '"0000-01-01T00:00:00+23:59"',
    "1700000000",
  ),
);

const severityText = fc.oneof(
  jsonText,
  fc.constantFrom("0", "7", "8", "-1", '"Critical"', '"emerg"', '"LOG_ERR"', '"nonsense"', "3.5"),
);

const extraEntries = fc
  .array(fc.tuple(anyText, jsonText), { maxLength: 3 })
  .map((entries) => entries.filter(([name]) => !OWN_FIELDS.has(name)));

const soundEvent: fc.Arbitrary<SoundEvent> = fc
  .record({
    hostname: usableHost,
    byAddress: fc.boolean(),
    message: usableMessage,
    timestamp: fc.option(timestampText),
    severity: fc.option(fc.tuple(fc.constantFrom("severity", "syslog_severity"), severityText)),
    trap_oid: fc.option(fc.constantFrom('".1.3.6.1.6.3.1.1.5.3"', '"1.3.6.1"', '""', "null")),
    attributes: fc.option(jsonText),
    extra: extraEntries,
  })
  .map((event) => {
    const { hostname, message, byAddress } = event;
    const entries: Entry[] = [
      ...event.extra.filter(([name]) => !byAddress || name !== "source_ip"),
      [byAddress ? "source_ip" : "hostname", JSON.stringify(hostname)],
      ["message", JSON.stringify(message)],
      ...(event.timestamp === null ? [] : [["timestamp", event.timestamp] as const]),
      ...(event.severity === null ? [] : [event.severity]),
      ...(event.trap_oid === null ? [] : [["trap_oid", event.trap_oid] as const]),
      ...(event.attributes === null ? [] : [["attributes", event.attributes] as const]),
    ];
    return {
      text: objectText(entries),
      hostname: cleaned(hostname.trim()),
      message: cleaned(cutMessage(message)),
    };
  });

/** An event with something wrong, or odd, in one place. */
const oddEvent: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      soundEvent,
      fc.constantFrom(...OWN_FIELDS, "source_ip", "variables", "__proto__"),
      jsonText,
    )
    .map(([{ text }, name, value]) => `${text.slice(0, -1)},${JSON.stringify(name)}:${value}}`),
  fc
    .tuple(
      fc.constantFrom(...OWN_FIELDS, "variables"),
      jsonText,
      fc.constantFrom('"1.3.6.1"', '".1.3.6"'),
    )
    .map(([name, value, oid]) =>
      objectText([
        ["hostname", '"h"'],
        ["trap_oid", oid],
        ["variables", value],
        [name, value],
      ]),
    ),
  fc.array(fc.tuple(fc.constantFrom(...OWN_FIELDS), jsonText), { maxLength: 4 }).map(objectText),
);

/** JSON text with a character lost, doubled or put in somewhere. */
const brokenText: fc.Arbitrary<string> = fc
  .record({
    text: fc.oneof(
      soundEvent.map(({ text }) => text),
      oddEvent,
      jsonText,
    ),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(4),
    insert: fc.constantFrom("", "{", "}", "[", '"', ",", "\\", "\0", "\n", "\ud800", "nul"),
  })
  .map(({ text, at, cut, insert }) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + insert + text.slice(place + cut);
  });

const member = fc.oneof(
  { weight: 3, arbitrary: soundEvent.map(({ text }) => text) },
  { weight: 2, arbitrary: oddEvent },
  { weight: 1, arbitrary: jsonText },
);
const line = fc.oneof(
  { weight: 5, arbitrary: member },
  { weight: 1, arbitrary: brokenText },
  { weight: 1, arbitrary: fc.constantFrom("", " \t", "\r") },
);
const lineEnd = fc.constantFrom("\n", "\r\n", "\n\n", "\n \n");
const lineStart = fc.constantFrom("", "\ufeff", "\n");

const soundBody: fc.Arbitrary<BodyCase> = fc.oneof(
  soundEvent.map(
    (event): BodyCase => ({
      parts: [event.text],
      sound: { events: [event], isList: false },
      type: "json",
    }),
  ),
  fc.array(soundEvent, { minLength: 1, maxLength: 8 }).map(
    (events): BodyCase => ({
      parts: [listText(events.map(({ text }) => text))],
      sound: { events, isList: true },
      type: "json",
    }),
  ),
  fc
    .tuple(fc.array(soundEvent, { minLength: 2, maxLength: 8 }), lineStart, lineEnd, fc.boolean())
    .map(
      ([events, start, end, asJson]): BodyCase => ({
        parts: [start + events.map(({ text }) => text).join(end)],
        sound: { events, isList: true },
        type: asJson ? "json" : "ndjson",
      }),
    ),
);

/** Bodies near the limits; rare, since each costs as much as a hundred others. */
const largeBody: fc.Arbitrary<BodyPart[]> = fc.constantFrom<BodyPart[]>(
  [{ repeat: '{"hostname":"h","message":"m"}\n', times: 10_001 }],
  [{ repeat: '{"hostname":"h","message":"m"}\n', times: 10_000 }],
  [
    "[",
    { repeat: '{"hostname":"h","message":"m"},', times: 10_000 },
    '{"hostname":"h","message":"m"}]',
  ],
  [{ repeat: '{"hostname":5}\n', times: 10_000 }],
  [{ repeat: "x", times: 5 * 1024 * 1024 + 1 }],
  [{ repeat: "[", times: 5 * 1024 * 1024 }],
  [{ repeat: '{"a":', times: 1_000_000 }],
  ['{"hostname":"h","message":"', { repeat: "m", times: 3_000_000 }, '"}'],
  ['{"hostname":"h","message":"m","dump":"', { repeat: "x", times: 65_536 }, '"}'],
  ['{"hostname":"h","message":"m","dump":"', { repeat: "\\u0001", times: 10_800 }, '"}'],
  [
    '{"hostname":"h","message":"m","deep":',
    { repeat: "[", times: 99_999 },
    { repeat: "]", times: 99_999 },
    "}",
  ],
  [
    '{"hostname":"h","trap_oid":"1.3","variables":[',
    { repeat: '{"a":', times: 50 },
    "1",
    { repeat: "}", times: 50 },
    "]}",
  ],
  [{ repeat: " ", times: 5 * 1024 * 1024 }],
  [{ repeat: "\n", times: 1024 * 1024 }, '{"hostname":"h","message":"m"}'],
);

/** Bodies with what is certain about them. */
export const bodyCase: fc.Arbitrary<BodyCase> = fc.oneof(
  { weight: 120, arbitrary: soundBody },
  {
    weight: 40,
    arbitrary: fc
      .array(member, { maxLength: 8 })
      .map((all): BodyCase => ({ parts: [listText(all)], type: "json" })),
  },
  {
    weight: 40,
    arbitrary: fc
      .tuple(fc.array(line, { maxLength: 8 }), lineStart, lineEnd)
      .map(([all, start, end]): BodyCase => ({ parts: [start + all.join(end)], type: "any" })),
  },
  {
    weight: 40,
    arbitrary: fc
      .oneof(oddEvent, brokenText, jsonText)
      .map((text): BodyCase => ({ parts: [text], type: "any" })),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(anyText, fc.uint8Array({ maxLength: 64 }), anyText)
      .map((parts): BodyCase => ({ parts: parts as BodyPart[], type: "any" })),
  },
  { weight: 1, arbitrary: largeBody.map((parts): BodyCase => ({ parts, type: "any" })) },
);

/** The bytes of a body. */
export function bytesOf(parts: readonly BodyPart[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") return Buffer.from(part);
      return part instanceof Uint8Array ? part : Buffer.from(part.repeat.repeat(part.times));
    }),
  );
}
