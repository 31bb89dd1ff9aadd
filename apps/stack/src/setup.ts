// Entry point of `npm run setup`: puts onto the machine what the tests need beyond npm's packages.
import { ensureRedisServer } from "@mutt/private-redis";

try {
  const { command, version } = await ensureRedisServer({ log: (line) => console.log(line) });
  console.log(`${command} ${version} is there; nothing else is needed`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
