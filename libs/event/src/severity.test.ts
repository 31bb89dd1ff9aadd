import { describe, expect, test } from "vitest";
import type { Severity } from "./event.ts";
import { readEventSeverity, readSeverity, severityName } from "./severity.ts";

describe("readSeverity", () => {
  test.each<[string, Severity, unknown[]]>([
    ["emergency", 0, [0, "0", "emerg", "EMERGENCY", "LOG_EMERG", "panic", "emergencies"]],
    ["alert", 1, [1, "1", "Alert", "alerts", "Disaster", "nonRecoverable", "Non-Recoverable"]],
    [
      "critical",
      2,
      [2, "crit", "Critical", "critical", " CRITICAL ", "FATAL", "High", "DOWN", "INCIDENT_ERROR"],
    ],
    ["error", 3, [3, "3", "err", "error", "ERROR", "log_err", "Major", "SEVERE", "Average"]],
    ["warning", 4, [4, "warn", "Warning", "warnings", "Minor", "UNKNOWN", "Medium", "noncritical"]],
    ["notice", 5, [5, "notice", "notifications", "Indeterminate", "Cleared", "Clear", "OK", "Low"]],
    ["informational", 6, [6, "info", "Information", "Informational", "LOG_INFO", "Success"]],
    ["debug", 7, [7, "7", " 7 ", "debug", "debugging", "TRACE", "verbose", "Debug5"]],
    ["words written with blanks and dashes", 5, ["Not classified", "not_classified"]],
  ])("reads %s as %i", (_name, severity, values) => {
    expect(values.map(readSeverity)).toEqual(values.map(() => severity));
  });

  test("does not guess", () => {
    const values = [8, -1, 3.5, Number.NaN, "8", "03", "", "banana", "constructor", "__proto__"];
    expect([...values, null, undefined, true, [], {}].map(readSeverity)).toEqual(
      Array(values.length + 5).fill(undefined),
    );
  });

  test("does not look a long text up", () => {
    expect(readSeverity("e".repeat(1_000_000))).toBeUndefined();
  });
});

describe("readEventSeverity", () => {
  test.each([
    ["takes a number without keeping it", { syslog_severity: 3 }, 3, undefined],
    ["takes a digit without keeping it", { severity: " 3 " }, 3, undefined],
    ["keeps a name as given", { severity: "Major" }, 3, "Major"],
    [
      "takes syslog_severity before severity",
      { syslog_severity: 2, severity: "info" },
      2,
      undefined,
    ],
    [
      "takes severity when syslog_severity is null",
      { syslog_severity: null, severity: 1 },
      1,
      undefined,
    ],
    [
      "takes severity when syslog_severity is unknown",
      { syslog_severity: "?", severity: 1 },
      1,
      undefined,
    ],
    ["makes an unknown name a warning and keeps it", { severity: "banana" }, 4, "banana"],
    ["makes a number out of range a warning and keeps it", { syslog_severity: 9 }, 4, 9],
    ["makes a missing one a warning", {}, 4, undefined],
    ["makes null and empty text a warning", { syslog_severity: null, severity: "" }, 4, undefined],
  ])("%s", (_sentence, event, severity, given) => {
    expect(readEventSeverity(event)).toMatchObject({ severity });
    expect(readEventSeverity(event).given).toBe(given);
  });
});

describe("severityName", () => {
  test("gives the words of RFC 5424, each of which reads back as its number", () => {
    const numbers: Severity[] = [0, 1, 2, 3, 4, 5, 6, 7];
    const names = numbers.map(severityName);
    expect(names).toEqual([
      "emergency",
      "alert",
      "critical",
      "error",
      "warning",
      "notice",
      "informational",
      "debug",
    ]);
    expect(names.map(readSeverity)).toEqual(numbers);
  });
});
