import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "./refusal.ts";

/** Printable ASCII, as it may stand in a header and in a log line. */
const CORRELATION_ID = /^[\x21-\x7e][\x20-\x7e]{0,127}$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The sender's correlation id, or a new one; `undefined` when the sender's cannot be used. */
export function correlationIdOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers["x-correlation-id"];
  if (given === undefined) return randomUUID();
  return typeof given === "string" && CORRELATION_ID.test(given) ? given : undefined;
}

/** The idempotency key, if one was sent. Throws a refusal when it cannot be used. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers["idempotency-key"];
  if (given === undefined) return undefined;
  if (typeof given === "string" && IDEMPOTENCY_KEY.test(given)) return given;
  throw new Refusal(
    400,
    "bad_request",
    "Idempotency-Key: expected 1 to 255 printable ASCII characters without spaces",
    { extensions: { field: "Idempotency-Key" } },
  );
}

/** How a body is to be read, from its media type. Throws a refusal for any other type or an encoding. */
export function bodyFormatOf(headers: IncomingHttpHeaders): "json" | "ndjson" {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw unsupported("Content-Encoding: send the body uncompressed");
  }
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith("charset="));
  if (charset !== undefined && !/^charset="?(utf-?8|us-ascii)"?$/.test(charset)) {
    throw unsupported("Content-Type: the charset must be utf-8");
  }
  switch (type.trim()) {
    case "application/json":
      return "json";
    case "application/x-ndjson":
    case "application/ndjson":
    case "application/jsonl":
      return "ndjson";
    default:
      throw unsupported("Content-Type: expected application/json or application/x-ndjson");
  }
}

function unsupported(detail: string): Refusal {
  return new Refusal(415, "unsupported_media_type", detail);
}
