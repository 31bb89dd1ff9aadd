import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { connectPatient, disconnect, type RedisSettings, redisProblem } from "@mutt/redis";
import { compileRules, isForwarded, parseRulesFile, RulesFileError } from "@mutt/rules";
import { countRules, importRules, readRuleBook, type StoreDeps } from "@mutt/store";
import type { Report } from "./report.ts";
import { SELF_TEST } from "./self-test.ts";
import { REPOSITORY } from "./services.ts";

/** The sample rules that a stack without any rule starts with. */
const SAMPLE_RULES = join(REPOSITORY, "test", "data", "rules.yaml");

const ANSWER_LIMIT_MS = 10_000;

/**
 * Checks that Redis answers, and loads the sample rules when it holds none. Tells whether the rules in
 * force forward the self-test alert.
 */
export async function loadRulesStep(
  redisAt: { redisSettings: RedisSettings; prefix: string },
  report: Report,
): Promise<{ forwardsSelfTest: boolean }> {
  const problems: string[] = [];
  const redis = connectPatient(redisAt.redisSettings, (error) => {
    problems.push(error.message || ((error as NodeJS.ErrnoException).code ?? error.name));
  });
  const { host, port } = redisAt.redisSettings;
  // A command that waits for the connection is not told of its end: the deadline must stand by itself.
  const { promise: silence, reject: giveUp } = Promise.withResolvers<never>();
  const deadline = setTimeout(
    () => giveUp(new Error(`no answer within ${ANSWER_LIMIT_MS / 1000} s`)),
    ANSWER_LIMIT_MS,
  );
  try {
    return await Promise.race([loadRules({ redis, prefix: redisAt.prefix }, report), silence]);
  } catch (error) {
    if (error instanceof RulesFileError) throw error;
    const reason = problems.at(-1) ?? (error as Error).message;
    throw new Error(`Redis at ${host}:${port} cannot be used: ${reason}`, { cause: error });
  } finally {
    clearTimeout(deadline);
    disconnect(redis);
  }
}

async function loadRules(store: StoreDeps, report: Report): Promise<{ forwardsSelfTest: boolean }> {
  await store.redis.ping();
  const problem = await redisProblem(store.redis);
  if (problem) throw new Error(problem);
  if ((await countRules(store)) === 0) {
    const file = parseRulesFile(await readFile(SAMPLE_RULES, "utf8"));
    await importRules(store, file, { actor: "npm start", reason: "sample rules, there were none" });
    report.step("rules", `${file.rules.length} loaded from ${relative(REPOSITORY, SAMPLE_RULES)}`);
  } else {
    report.step("rules", `${await countRules(store)} in force, kept from before`);
  }
  const book = await readRuleBook(store);
  const rule = compileRules(book.rules).match({ message: SELF_TEST.message, severity: 6 });
  const isDevHost = book.devHosts.has(SELF_TEST.hostname);
  const handling = isDevHost ? rule?.dev_handling : rule?.prod_handling;
  return { forwardsSelfTest: handling !== undefined && isForwarded(handling) };
}
