// Entry point of `npm run app -- NAME`: one app in this process, in the foreground.
import { homeAt } from "./home.ts";
import { joinStack } from "./join-stack.ts";
import { APPS, isAppName, mainFileOf } from "./services.ts";
import { readStackFile } from "./stack-file.ts";

const name = process.argv[2] ?? "";
if (isAppName(name)) {
  const stack = await readStackFile(homeAt(process.env.MUTT_HOME));
  const { variables, lines } = await joinStack(name, process.env, stack);
  Object.assign(process.env, variables);
  for (const line of lines) console.error(line);
  // The app's own entry file: its signals, log and exit code are those of this process.
  await import(mainFileOf(name));
} else {
  console.error(`usage: npm run app -- NAME, where NAME is one of ${APPS.join(", ")}`);
  process.exitCode = 2;
}
