/** One instruction, its lines joined. */
interface Instruction {
  name: string;
  text: string;
}

/** One stage of a build. */
export interface Stage {
  name: string;
  /** Image, or name of an earlier stage. */
  from: string;
  instructions: Instruction[];
}

/** What a `COPY` takes and where it puts it. */
export interface Copy {
  /** Earlier stage that it copies from; the build context when missing. */
  stage?: string;
  sources: string[];
  target: string;
}

/** Reads a Dockerfile into its stages; throws for what is not understood here, such as a heredoc. */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === "FROM") {
      const match = /^(\S+)(?: AS (\S+))?$/.exec(instruction.text);
      if (!match?.[1]) throw new Error(`FROM ${instruction.text}: not understood`);
      stages.push({ from: match[1], name: match[2] ?? "", instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const joined = lines.join("\n").replaceAll(/\\\n\s*/g, "");
  return joined.split("\n").map((line) => {
    const match = /^([A-Z]+) +(.*)$/.exec(line);
    if (!match?.[1] || !match[2] || line.includes("<<")) throw new Error(`${line}: not understood`);
    return { name: match[1], text: match[2].trim() };
  });
}

/** Reads what follows `COPY`. */
export function parseCopy(text: string): Copy {
  const words = text.split(/ +/);
  const stage = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
  const paths = words.filter((word) => !word.startsWith("--"));
  const sources = paths.slice(0, -1);
  const target = paths.at(-1);
  if (target === undefined || sources.length === 0) throw new Error(`COPY ${text}: not understood`);
  return { ...(stage !== undefined && { stage }), sources, target };
}

/** The variables that a stage sets. */
export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = stage.instructions
    .filter(({ name }) => name === "ENV")
    .flatMap(({ text }) => [...text.matchAll(/([A-Z_]+)=(?:"([^"]*)"|(\S+))/g)]);
  return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name, quoted ?? plain ?? ""]));
}

/** What follows the last instruction of a name; throws when there is none. */
export function lastOf(stage: Stage, name: string): string {
  const found = stage.instructions.findLast((instruction) => instruction.name === name);
  if (found === undefined) throw new Error(`the stage has no ${name}`);
  return found.text;
}
