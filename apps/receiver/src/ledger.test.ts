import { expect, test } from "vitest";
import { createLedger } from "./ledger.ts";

const all = { limit: 100, refused: false };

test("keeps the newest ids, and of fewer the alerts", () => {
  const ledger = createLedger({ ids: 3, bodies: 2, bodyBytes: 1_000 });
  for (const id of ["a", "b", "c", "d"]) ledger.deliver(id, { id }, { bytes: 10, now: 1 });
  const kept = ledger.list(all).map((item) => [item.external_id, item.alert !== null]);
  expect(kept).toEqual([
    ["d", true],
    ["c", true],
    ["b", false],
  ]);
});

test("keeps no more bytes of alerts than it may", () => {
  const ledger = createLedger({ ids: 10, bodies: 10, bodyBytes: 100 });
  for (const id of ["a", "b", "c"]) ledger.deliver(id, { id }, { bytes: 40, now: 1 });
  expect(ledger.list(all).filter((item) => item.alert)).toHaveLength(2);
});

test("an id delivered again is the newest, and no first any more", () => {
  const ledger = createLedger();
  const deliver = (id: string, now: number) => ledger.deliver(id, { id }, { bytes: 1, now });
  expect([deliver("a", 1), deliver("b", 2), deliver("a", 3)]).toEqual([true, true, false]);
  expect(ledger.list(all)).toMatchObject([
    { external_id: "a", delivered: 2, last_at: "1970-01-01T00:00:00.003Z" },
    { external_id: "b", delivered: 1 },
  ]);
});

test("numbers alerts that bring no id", () => {
  const ledger = createLedger();
  expect(ledger.idOf({})).not.toBe(ledger.idOf({}));
  expect(ledger.idOf({ external_id: "a" })).toBe("a");
});
