import { RuleSetError } from "@mutt/rules";
import {
  addAudit,
  addDevHost,
  createRule,
  deleteRule,
  importRules,
  planImport,
  readAudit,
  readAuditBatches,
  readAuditPage,
  readRuleBook,
  removeDevHost,
  removeTeam,
  replaceRule,
  type StoredAuditEntry,
  setTeam,
  storeKeys,
  trimAudit,
} from "@mutt/store";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rule } from "../e2e/support.ts";

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

const BY = { actor: "ann", role: "admin", reason: "because" };

function setup() {
  const redis = shared.client();
  const deps = { redis, prefix: uniquePrefix("store") };
  const audit = () => readAudit(redis, deps.prefix);
  const ids = async () => (await readRuleBook(deps)).rules.map(({ id }) => id);
  return { deps, redis, audit, ids, keys: storeKeys(deps.prefix) };
}

const LINK = rule({ name: "link", match_string: "link" });
const FAN = rule({ name: "fan", match_string: "fan" });

describe("a rule", () => {
  test("is made with the next free id, and the entry says who made what and why", async () => {
    const { deps, audit } = setup();
    const made = await createRule(deps, LINK, BY);
    expect(made).toEqual({ id: 1, ...LINK });
    expect(await audit()).toMatchObject([
      { ...BY, action: "rules.create", target: "rule 1", new: made },
    ]);
  });

  test("that is gone leaves its id unused", async () => {
    const { deps, ids } = setup();
    await createRule(deps, { ...LINK, id: 7 }, BY);
    await deleteRule(deps, 7, BY);
    expect((await createRule(deps, FAN, BY)).id).toBe(8);
    expect(await ids()).toEqual([8]);
  });

  test("with an id that is taken is refused, and nothing is audited", async () => {
    const { deps, audit } = setup();
    await createRule(deps, { ...LINK, id: 1 }, BY);
    await expect(createRule(deps, { ...FAN, id: 1 }, BY)).rejects.toMatchObject({
      reason: "exists",
    });
    expect(await audit()).toHaveLength(1);
  });

  test("is replaced only as its reader has seen it", async () => {
    const { deps, audit } = setup();
    const made = await createRule(deps, LINK, BY);
    const isSeen = (stored: { name: string }) => stored.name === "link";
    await replaceRule(deps, { ...made, name: "changed" }, { ...BY, isSeen });
    const late = replaceRule(deps, { ...made, priority: 1 }, { ...BY, isSeen });
    await expect(late).rejects.toMatchObject({ reason: "stale" });
    await expect(deleteRule(deps, made.id, { ...BY, isSeen })).rejects.toMatchObject({
      reason: "stale",
    });
    expect((await audit()).map(({ action }) => action)).toEqual(["rules.update", "rules.create"]);
  });

  test("that does not exist can be neither replaced nor deleted", async () => {
    const { deps } = setup();
    const missing = { reason: "not_found", message: "there is no rule 3" };
    await expect(replaceRule(deps, { ...LINK, id: 3 }, BY)).rejects.toMatchObject(missing);
    await expect(deleteRule(deps, 3, BY)).rejects.toMatchObject(missing);
  });

  test("that would not load is refused, whatever its type says", async () => {
    const { deps, ids } = setup();
    const bad = { ...LINK, match_type: "regex" as const, match_string: "(" };
    await expect(createRule(deps, bad, BY)).rejects.toBeInstanceOf(RuleSetError);
    expect(await ids()).toEqual([]);
  });
});

test("changes at the same time are all made, each once, with an id and an entry of its own", async () => {
  const { deps, ids, audit, redis, keys } = setup();
  const names = ["a", "b", "c", "d"];
  await Promise.all(names.map((name) => createRule(deps, rule({ name, match_string: name }), BY)));
  expect(await ids()).toEqual([1, 2, 3, 4]);
  expect(await audit()).toHaveLength(4);
  expect(await redis.get(keys.version)).toBe("4");
});

test("a full Redis takes neither the change nor its entry", async () => {
  await using full = await startTestRedis();
  const redis = full.client();
  const deps = { redis, prefix: "full" };
  await createRule(deps, LINK, BY);
  await redis.config("SET", "maxmemory", "1");
  await expect(createRule(deps, FAN, BY)).rejects.toThrow(/OOM/);
  expect((await readRuleBook(deps)).rules).toHaveLength(1);
  expect(await readAudit(redis, deps.prefix)).toHaveLength(1);
});

describe("hosts", () => {
  test("are the same in any case, and putting one on the list again changes nothing", async () => {
    const { deps, audit } = setup();
    expect(await addDevHost(deps, "Lab-1", BY)).toEqual({ isNew: true });
    expect(await addDevHost(deps, "lab-1", BY)).toEqual({ isNew: false });
    await removeDevHost(deps, "LAB-1", BY);
    await expect(removeDevHost(deps, "lab-1", BY)).rejects.toMatchObject({ reason: "not_found" });
    expect((await audit()).map(({ action }) => action)).toEqual([
      "dev_hosts.remove",
      "dev_hosts.add",
    ]);
  });

  test("have one team each: the entry has the old one and the new one", async () => {
    const { deps, audit } = setup();
    const first = { hostname: "sw1", team: "core" };
    expect(await setTeam(deps, { ...first, mustBeNew: true }, BY)).toEqual({ isNew: true });
    const second = { hostname: "SW1", team: "access" };
    await expect(setTeam(deps, { ...second, mustBeNew: true }, BY)).rejects.toMatchObject({
      reason: "exists",
    });
    await setTeam(deps, second, BY);
    expect([...(await readRuleBook(deps)).teams]).toEqual([["sw1", "access"]]);
    expect((await audit())[0]).toMatchObject({ old: "core", new: "access", target: "sw1" });
    await removeTeam(deps, "sw1", BY);
    await expect(removeTeam(deps, "sw1", BY)).rejects.toMatchObject({ reason: "not_found" });
  });
});

describe("an import", () => {
  test("says beforehand what it changes, and then changes that", async () => {
    const { deps, ids, audit } = setup();
    const link = await createRule(deps, LINK, BY);
    await createRule(deps, FAN, BY);
    const same = await createRule(deps, rule({ name: "same", match_string: "s" }), BY);
    const file = {
      rules: [{ ...link, priority: 5 }, same, rule({ name: "new", match_string: "n" })],
      dev_hosts: ["lab"],
      teams: [{ hostname: "sw1", team: "core" }],
    };
    const plan = await planImport(deps, file, { replace: true });
    expect(plan).toMatchObject({
      created: [{ id: 4, name: "new" }],
      updated: [{ id: 1, before: { priority: 100 }, after: { priority: 5 } }],
      removed: [{ id: 2, name: "fan" }],
      unchanged: 1,
      dev_hosts: { added: ["lab"], removed: [] },
      teams: { set: [{ hostname: "sw1", team: "core" }], removed: [] },
    });
    expect(await ids()).toEqual([1, 2, 3]);
    expect(await audit()).toHaveLength(3);

    expect((await importRules(deps, file, { ...BY, replace: true })).diff).toEqual(plan);
    expect(await ids()).toEqual([1, 3, 4]);
    expect((await audit())[0]).toMatchObject({
      ...BY,
      action: "rules.import",
      new: { created: 1, updated: 2, removed: 1, ids: [4, 1] },
    });
  });

  test("with an id that stands twice changes nothing", async () => {
    const { deps, ids } = setup();
    const rules = [
      { ...LINK, id: 1 },
      { ...FAN, id: 1 },
    ];
    await expect(importRules(deps, { rules, dev_hosts: [], teams: [] }, BY)).rejects.toThrow(
      "rule id 1 stands twice",
    );
    expect(await ids()).toEqual([]);
  });

  test("of 5,000 rules is one step", async () => {
    const { deps, ids } = setup();
    const rules = Array.from({ length: 5000 }, (_, index) =>
      rule({ name: `r${index}`, match_string: `text ${index}` }),
    );
    await importRules(deps, { rules, dev_hosts: [], teams: [] }, BY);
    expect(await ids()).toHaveLength(5000);
  });
});

describe("the audit log", () => {
  const entry = (index: number) => ({
    actor: index % 2 === 0 ? "ann" : "bob",
    action: index % 3 === 0 ? "config.set" : "rules.update",
    target: `t${index % 5}`,
    at: new Date().toISOString(),
  });

  async function filled(count: number) {
    const parts = setup();
    for (let index = 0; index < count; index += 1) await addAudit(parts.deps, entry(index));
    return parts;
  }

  test("is paged without a gap or a repeat, the newest first, while entries come in", async () => {
    const { deps } = await filled(25);
    const seen: StoredAuditEntry[] = [];
    let after: string | undefined;
    do {
      const page = await readAuditPage(deps, {}, { limit: 7, after });
      seen.push(...page.items);
      after = page.next;
      await addAudit(deps, entry(99));
    } while (after !== undefined);
    expect(seen.map(({ target }) => target)).toEqual(
      Array.from({ length: 25 }, (_, index) => `t${(24 - index) % 5}`),
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
  });

  test.each([
    [{ actor: "ann" }, 10],
    [{ action: "config" }, 7],
    [{ action: "config.set", actor: "bob" }, 3],
    [{ action: "conf" }, 0],
    [{ target: "t4" }, 4],
  ])("is filtered by %o", async (filter, expected) => {
    const { deps } = await filled(20);
    const { items } = await readAuditPage(deps, filter, { limit: 200 });
    expect(items).toHaveLength(expected);
  });

  test("is filtered by time, both ends included, and read in batches the oldest first", async () => {
    const { deps } = await filled(3);
    const { items } = await readAuditPage(deps, {}, { limit: 10 });
    const [newest, middle] = items.map(({ id }) => Number(id.split("-")[0]));
    const since = await readAuditPage(deps, { fromMs: middle }, { limit: 10 });
    expect(since.items.length).toBeGreaterThanOrEqual(2);
    const until = await readAuditPage(deps, { toMs: (middle ?? 0) - 1 }, { limit: 10 });
    expect(until.items.length).toBeLessThanOrEqual(1);
    const batches: StoredAuditEntry[][] = [];
    for await (const batch of readAuditBatches(deps, { toMs: newest })) batches.push(batch);
    expect(batches.flat()).toEqual(items.toReversed());
  });

  test("loses what is older than its retention, and says how many went", async () => {
    const { deps, redis, keys } = setup();
    const dayMs = 86_400_000;
    const old = Date.now() - 10 * dayMs;
    for (let index = 0; index < 3; index += 1) {
      await redis.xadd(keys.audit, `${old + index}-0`, "entry", JSON.stringify(entry(index)));
    }
    await addAudit(deps, entry(9));
    expect(await trimAudit(deps, 30)).toBe(0);
    expect(await trimAudit(deps, 9)).toBe(3);
    const { items } = await readAuditPage(deps, {}, { limit: 10 });
    expect(items).toMatchObject([
      { actor: "retention", action: "audit.expire", new: { removed: 3, retention_days: 9 } },
      { target: "t4" },
    ]);
  });
});
