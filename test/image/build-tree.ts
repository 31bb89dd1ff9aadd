// Carries out a Dockerfile without Docker, as far as files are concerned: each stage is a folder.
import { execFile } from "node:child_process";
import { cp, mkdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { parseCopy, type Stage } from "./dockerfile.ts";

/** What a build is made from. */
export interface BuildOptions {
  stages: readonly Stage[];
  /** The build context. */
  context: string;
  isIgnored: (path: string) => boolean;
  /** Holds a folder per stage afterwards. */
  outDir: string;
}

/** Commands that work inside the folder of a stage. Anything else would change the machine that the tests run on. */
const HARMLESS =
  /^(npm ci( --?[\w=@/-]+| @[\w/-]+)*|find apps libs [\w! .-]+|rm -rf( node_modules\/[\w@/-]+)+|node_modules\/\.bin\/vite build [\w/ -]+)$/;

/** Commands that only change the image around the folder. */
const OUTSIDE = /^(rm -rf \/usr\/local\/|groupadd |useradd )/;

const COMMAND_LIMIT_MS = 300_000;

/**
 * Builds the last stage and gives its working folder. Rejects when a source does not exist or is left out of the
 * build, when a command is neither known to be harmless nor one that concerns the image alone, and when one fails.
 */
export async function buildTree(options: BuildOptions): Promise<string> {
  let folder = "";
  for (const [index, stage] of options.stages.entries()) {
    folder = await buildStage(stage, index, options);
  }
  return folder;
}

async function buildStage(stage: Stage, index: number, options: BuildOptions): Promise<string> {
  const folder = folderOf(options, stage.name || `stage-${index}`);
  await mkdir(folder, { recursive: true });
  for (const { name, text } of stage.instructions) {
    if (name === "WORKDIR" && text !== "/app") throw new Error(`WORKDIR ${text}: expected /app`);
    if (name === "COPY") await copy(text, folder, options);
    if (name === "RUN") await run(text, folder);
  }
  return folder;
}

function folderOf({ outDir }: BuildOptions, stage: string): string {
  return join(outDir, stage, "app");
}

async function copy(text: string, folder: string, options: BuildOptions): Promise<void> {
  const { stage, sources, target } = parseCopy(text);
  for (const source of sources) {
    const from =
      stage === undefined
        ? join(options.context, source)
        : join(folderOf(options, stage), relative("/app", source));
    // A single file keeps its name in a folder; a folder gives its content.
    const isFolder = (await stat(from)).isDirectory();
    const to = isFolder ? join(folder, target) : join(folder, target, source);
    await cp(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => stage !== undefined || isTaken(relative(options.context, path), options),
    });
  }
}

/** A folder is walked through even when it is left out, for a pattern may take back what is in it. */
function isTaken(path: string, { isIgnored }: BuildOptions): boolean {
  return path === "" || !isIgnored(path);
}

async function run(text: string, cwd: string): Promise<void> {
  for (const command of text.split(" && ").map((part) => part.trim().replaceAll(/ +/g, " "))) {
    if (OUTSIDE.test(command)) continue;
    if (!HARMLESS.test(command)) throw new Error(`RUN ${command}: not known to be harmless here`);
    await promisify(execFile)("sh", ["-c", command], {
      cwd,
      timeout: COMMAND_LIMIT_MS,
      maxBuffer: 16 * 1024 * 1024,
      env: { ...machineEnvironment(), npm_config_prefer_offline: "true" },
    });
  }
}

/** How this machine reaches packages, without what the test runner and an `npm run` around it say of the checkout. */
function machineEnvironment(): Record<string, string | undefined> {
  const ofCheckout =
    /^(NODE_ENV|VITEST|TEST$|INIT_CWD$|npm_(package|lifecycle|command|config_local_prefix))/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofCheckout.test(name)));
}
