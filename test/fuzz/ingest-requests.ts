// Ingest requests: right, nearly right and hostile, each with what is certain about its answer.
import { TEST_KEYS } from "@mutt/testkit";
import fc from "fast-check";
import { type BodyCase, bodyCase } from "./ingest-bodies.ts";

/** Headers, and the answer that they bring by themselves when they cannot be used. */
export interface HeaderCase {
  headers: Record<string, string>;
  refusal?: 400 | 401 | 415;
}

/** One request. */
export interface RequestCase {
  path: string;
  headers: HeaderCase[];
  idempotencyKey: HeaderCase | undefined;
  body: BodyCase;
}

/** Bytes that are sent as they are; whatever they are, they carry no key. */
export interface RawCase {
  bytes: Uint8Array;
}

const headerText = (min: number, max: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })), {
      minLength: min,
      maxLength: max,
    })
    .map((units) => String.fromCharCode(...units));
const printable = (max: number) =>
  fc
    .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: max })
    .map((units) => String.fromCharCode(...units));

/** Mostly usable, now and then not: a request with three broken headers says little. */
function usually(
  good: fc.Arbitrary<Record<string, string>>,
  bad: fc.Arbitrary<Record<string, string>>,
  refusal: 400 | 401 | 415,
): fc.Arbitrary<HeaderCase> {
  return fc.oneof(
    { weight: 25, arbitrary: good.map((headers): HeaderCase => ({ headers })) },
    { weight: 1, arbitrary: bad.map((headers): HeaderCase => ({ headers, refusal })) },
  );
}

const keyHeader = usually(
  fc.constantFrom<Record<string, string>>(
    { "x-api-key": TEST_KEYS.ingest },
    { authorization: `Bearer ${TEST_KEYS.ingest}` },
  ),
  fc.oneof(
    fc.constantFrom<Record<string, string>>(
      {},
      { "x-api-key": "" },
      { "x-api-key": TEST_KEYS.ingest.slice(1) },
      { "x-api-key": `${TEST_KEYS.ingest}, ${TEST_KEYS.ingest}` },
      { authorization: TEST_KEYS.ingest },
      { authorization: `Basic ${TEST_KEYS.ingest}` },
    ),
    headerText(0, 60).map((value) => ({ "x-api-key": value })),
    headerText(0, 60).map((value) => ({ authorization: `Bearer ${value}x` })),
  ),
  401,
);

const correlationHeader = usually(
  fc.oneof(
    fc.constant({}),
    printable(128).map((value) => ({ "x-correlation-id": value })),
  ),
  fc.oneof(
    fc.constantFrom({ "x-correlation-id": "" }, { "x-correlation-id": "c".repeat(129) }),
    headerText(1, 20).map((value) => ({ "x-correlation-id": `x${value}\xe9` })),
  ),
  400,
);

const encodingHeader = usually(
  fc.constantFrom<Record<string, string>>({}, { "content-encoding": "identity" }),
  fc
    .constantFrom("gzip", "br", "", "identity, gzip")
    .map((value) => ({ "content-encoding": value })),
  415,
);

const idempotencyHeader = fc.option(
  usually(
    fc.oneof(
      fc.constantFrom("a", "b", "c").map((value) => ({ "idempotency-key": value })),
      fc.uuid().map((value) => ({ "idempotency-key": value })),
      printable(255).map((value) => ({ "idempotency-key": value })),
    ),
    fc.oneof(
      fc
        .constantFrom("", "k".repeat(256), "two words")
        .map((value) => ({ "idempotency-key": value })),
      headerText(1, 20).map((value) => ({ "idempotency-key": `${value}\xe9` })),
    ),
    400,
  ),
  { nil: undefined, freq: 3 },
);

const JSON_TYPES = ["application/json", "Application/JSON", "application/json; charset=utf-8"];
const NDJSON_TYPES = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl;charset=UTF-8",
];

function typeHeader(type: BodyCase["type"]): fc.Arbitrary<HeaderCase> {
  const types = [
    ...(type === "ndjson" ? [] : JSON_TYPES),
    ...(type === "json" ? [] : NDJSON_TYPES),
  ];
  return usually(
    fc.constantFrom(...types).map((value) => ({ "content-type": value })),
    fc.oneof(
      fc
        .constantFrom(
          "text/plain",
          "",
          "application/json; charset=utf-16",
          "json",
          "multipart/form-data",
        )
        .map((value) => ({ "content-type": value })),
      headerText(0, 20).map((value) => ({ "content-type": `x${value}` })),
    ),
    415,
  );
}

/** Requests to the ingest API. */
export const requestCase: fc.Arbitrary<RequestCase> = bodyCase.chain((body) =>
  fc.record({
    path: fc.constantFrom("/api/v1/ingest", "/ingest"),
    headers: fc.tuple(keyHeader, correlationHeader, encodingHeader, typeHeader(body.type)),
    idempotencyKey: idempotencyHeader,
    body: fc.constant(body),
  }),
);

const RAW_STARTS = [
  "POST /api/v1/ingest HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull",
  "POST /ingest HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n",
  "POST /ingest HTTP/1.1\r\nHost: m\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n",
  "POST /ingest HTTP/1.1\r\nHost: m\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
  "POST /ingest HTTP/1.0\r\n\r\n",
  "POST /ingest\r\n",
  "PUT /ingest HTTP/1.1\r\nHost: m\r\nContent-Length: 0\r\n\r\n",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
];

/** Bytes that are hardly HTTP. */
export const rawCase: fc.Arbitrary<RawCase> = fc
  .tuple(
    fc.constantFrom(...RAW_STARTS),
    fc.nat(200),
    fc.uint8Array({ maxLength: 40 }),
    fc.boolean(),
  )
  .map(([start, at, noise, isInside]) => {
    const text = Buffer.from(start, "latin1");
    const place = isInside ? at % (text.length + 1) : text.length;
    return { bytes: Buffer.concat([text.subarray(0, place), noise, text.subarray(place)]) };
  });
