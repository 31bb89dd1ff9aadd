import { describe, expect, test } from "vitest";
import { readTrapOid, trapMessage } from "./trap.ts";

describe("readTrapOid", () => {
  test.each([
    ["keeps a dotted OID", "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.3"],
    ["takes the leading dot off", ".1.3.6.1.4.1.9", "1.3.6.1.4.1.9"],
    ["trims", " 1.3.6 ", "1.3.6"],
    ["takes the null OID", "0.0", "0.0"],
    ["takes undefined for none", undefined, undefined],
    ["takes null for none", null, undefined],
    ["takes empty text for none", "", undefined],
  ])("%s", (_sentence, value, expected) => {
    expect(readTrapOid(value)).toBe(expected);
  });

  test.each([
    ["a name", "linkDown", "trap_oid is not a dotted OID"],
    ["a single arc", "1", "trap_oid is not a dotted OID"],
    ["two dots", "1..3", "trap_oid is not a dotted OID"],
    ["a trailing dot", "1.3.6.", "trap_oid is not a dotted OID"],
    ["a wildcard", "1.3.6.*", "trap_oid is not a dotted OID"],
    ["a leading zero", "1.3.06", "trap_oid is not a dotted OID"],
    ["a first arc above 2", "3.1", "trap_oid is not a dotted OID"],
    ["129 arcs", `1${".1".repeat(128)}`, "trap_oid is not a dotted OID"],
    ["a number", 1.3, "trap_oid is a number"],
    ["a list", [1, 3, 6], "trap_oid is a list"],
  ])("refuses %s", (_sentence, value, start) => {
    expect(readTrapOid(value)).toMatchObject({
      status: 400,
      field: "trap_oid",
      detail: expect.stringContaining(start),
    });
  });
});

describe("trapMessage", () => {
  const ENTERPRISE = "1.3.6.1.4.1.9.9.117.2.0.2";

  test.each([
    ["says the OID when there are no variables", undefined, ""],
    ["takes null, empty lists and empty text for none", null, ""],
    ["takes an empty list for none", [], ""],
    ["takes empty text for none", "", ""],
    [
      "takes objects with an oid",
      [
        { oid: "1.3.1", value: 2 },
        { oid: "1.3.2", value: "up" },
      ],
      ": 1.3.1=2, 1.3.2=up",
    ],
    [
      "takes a name before an oid",
      [{ oid: "1.3.1", name: "ifIndex", type: "INTEGER", value: 2 }],
      ": ifIndex=2",
    ],
    [
      "takes pairs",
      [
        ["ifIndex", 2],
        ["ifDescr", "Gi0/1"],
      ],
      ": ifIndex=2, ifDescr=Gi0/1",
    ],
    [
      "takes texts as they are",
      ["IF-MIB::ifIndex.2 = INTEGER: 2", "x"],
      ": IF-MIB::ifIndex.2 = INTEGER: 2, x",
    ],
    ["takes objects that PowerShell wrote as text", ["@{oid=1.3.1; value=a=b}"], ": 1.3.1=a=b"],
    ["takes an object by name", { ifIndex: 2, ifDescr: "Gi0/1" }, ": ifIndex=2, ifDescr=Gi0/1"],
    ["takes one object with oid and value", { oid: "1.3.1", value: 0 }, ": 1.3.1=0"],
    [
      "takes objects by name in a list",
      [{ ifIndex: 2 }, { ifDescr: "x" }],
      ": ifIndex=2, ifDescr=x",
    ],
    ["takes one text", "fan 2 failed", ": fan 2 failed"],
    ["takes one number", 7, ": 7"],
    [
      "writes other values as JSON",
      [{ name: "a", value: { b: [1, null] } }, null, true, [1, 2, 3]],
      ': a={"b":[1,null]}, null, true, [1,2,3]',
    ],
  ])("%s", (_sentence, variables, expected) => {
    expect(trapMessage(ENTERPRISE, variables, 8192)).toBe(`SNMP trap ${ENTERPRISE}${expected}`);
  });

  test("names the standard traps", () => {
    expect(trapMessage("1.3.6.1.6.3.1.1.5.3", [], 8192)).toBe(
      "SNMP trap linkDown (1.3.6.1.6.3.1.1.5.3)",
    );
  });

  test("stops growing soon after the limit", () => {
    const message = trapMessage(ENTERPRISE, Array(100_000).fill("0123456789"), 8192);
    expect(message.length).toBeGreaterThan(8192);
    expect(message.length).toBeLessThan(8192 + 20);
  });
});
