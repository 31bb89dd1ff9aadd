import { PrometheusError } from "./prometheus-error.ts";

/** The answer to a query that gives one number or none. */
export interface InstantAnswer {
  /** `null`: there is no sample. May be NaN or infinite: Prometheus calculates with them. */
  value: number | null;
  /** E.g. of a store behind it that did not answer. */
  warnings: string[];
}

const INFINITIES: Readonly<Record<string, number>> = {
  "+Inf": Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  "-Inf": Number.NEGATIVE_INFINITY,
};

/** Reads the body of `/api/v1/query`; throws a `PrometheusError` for anything but one number or none. */
export function parseAnswer(body: string): InstantAnswer {
  const answer = parseJson(body);
  if (answer.status === "error") throw refused(answer);
  const data = isRecord(answer.data) ? answer.data : {};
  const warnings = Array.isArray(answer.warnings) ? answer.warnings.map(String) : [];
  if (answer.status !== "success") throw unexpected("no status");
  if (data.resultType === "scalar") return { value: parseSample(data.result), warnings };
  if (data.resultType !== "vector" || !Array.isArray(data.result)) {
    throw unexpected(`a result of type ${String(data.resultType)}`);
  }
  const [first, ...others] = data.result as unknown[];
  if (others.length > 0) throw unexpected(`${data.result.length} series`);
  if (first === undefined) return { value: null, warnings };
  return { value: parseSample(isRecord(first) ? first.value : undefined), warnings };
}

/** The error that a body tells of, for answers that are no success. */
export function describeError(body: string): string {
  try {
    const { errorType, error } = parseJson(body);
    return [errorType, error].filter((text) => typeof text === "string").join(": ");
  } catch {
    return "";
  }
}

function parseJson(body: string): Record<string, unknown> {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (cause) {
    throw new PrometheusError("query_error", "the answer is not JSON", cause);
  }
  if (!isRecord(answer)) throw unexpected("no object");
  return answer;
}

function parseSample(sample: unknown): number {
  const text = Array.isArray(sample) ? sample[1] : undefined;
  if (typeof text !== "string" || text.trim() === "") throw unexpected("a sample without a value");
  if (text === "NaN") return Number.NaN;
  const value = INFINITIES[text] ?? Number(text);
  if (Number.isNaN(value)) throw unexpected("a value that is no number");
  return value;
}

function refused({ errorType, error }: Record<string, unknown>): PrometheusError {
  return new PrometheusError("query_error", `${String(errorType)}: ${String(error)}`);
}

function unexpected(what: string): PrometheusError {
  return new PrometheusError("query_error", `the answer has ${what}, expected one value`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
