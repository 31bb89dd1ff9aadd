// Entry point of `npm run app -- NAME`: one app in this process, in the foreground.
import { ensureConsole } from "./console-build.ts";
import { homeAt } from "./home.ts";
import { joinStack } from "./join-stack.ts";
import { registerReplica } from "./replicas.ts";
import { APPS, isAppName, mainFileOf, PORT_VARIABLES } from "./services.ts";
import { readStackFile } from "./stack-file.ts";
import { urlOf } from "./urls.ts";

const name = process.argv[2] ?? "";
if (isAppName(name)) {
  const home = homeAt(process.env.MUTT_HOME);
  const stack = await readStackFile(home);
  const { variables, lines } = await joinStack(name, process.env, stack);
  Object.assign(process.env, variables);
  for (const line of lines) console.error(line);
  const { HOST: host = "127.0.0.1", [PORT_VARIABLES[name]]: port } = process.env;
  if (name === "admin") await ensureConsole();
  if (stack && port) registerReplica(home, { name, url: urlOf(host, Number(port)) });
  // The app's own entry file: its signals, log and exit code are those of this process.
  await import(mainFileOf(name));
} else {
  console.error(`usage: npm run app -- NAME, where NAME is one of ${APPS.join(", ")}`);
  process.exitCode = 2;
}
