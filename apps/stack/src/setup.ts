// Entry point of `npm run setup`: puts onto the machine what the tests need beyond npm's packages.
import { ensureChromium, ensurePrometheus } from "@mutt/machine-packages";
import { ensureRedisServer } from "@mutt/private-redis";
import { ensureConsole } from "./console-build.ts";

const log = (line: string): void => console.log(line);

const STEPS = [
  {
    use: "the pipeline and nearly every test",
    ensure: async () => {
      const { command, version } = await ensureRedisServer({ log });
      return `${command} ${version}`;
    },
  },
  {
    use: "the admin app",
    ensure: async () => {
      await ensureConsole();
      return "the built operator console";
    },
  },
  {
    use: "the tests of the SLO rules",
    ensure: async () => `prometheus and promtool ${(await ensurePrometheus({ log })).version}`,
  },
  {
    use: "the browser tests",
    ensure: async () => {
      const { command, version } = await ensureChromium({ log });
      return `${command} ${version}`;
    },
  },
];

for (const { use, ensure } of STEPS) {
  try {
    console.log(`${await ensure()} is there, for ${use}`);
  } catch (error) {
    console.error(`missing for ${use}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
