/** What `npm start` tells its user, line by line. */
export type Report = {
  /** Something is done. */
  step(topic: string, detail: string): void;
  /** Something happened, or needs attention, while the rest goes on. */
  notice(line: string): void;
  /** It cannot go on; each line is a reason, save indented ones, which belong to the one before. */
  failure(text: string): void;
  /** Lines as they are. */
  plain(...lines: string[]): void;
};

type Output = { write(text: string): unknown; isTTY?: boolean };

/** Writes plain lines; a terminal gets a mark in front and colour. */
export function createReport(output: Output): Report {
  const paint = (code: number, text: string): string =>
    output.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
  const print = (line: string): void => void output.write(`${line}\n`);
  const [done, attention] = output.isTTY ? [paint(32, "✓ "), paint(33, "! ")] : ["", ""];
  return {
    step: (topic, detail) => print(`${done}${topic.padEnd(12)} ${detail}`),
    notice: (line) => print(`${attention}${line}`),
    failure: (text) => {
      for (const line of text.split("\n")) {
        print(line.startsWith(" ") ? line : paint(31, `mutt cannot start: ${line}`));
      }
    },
    plain: (...lines) => {
      for (const line of lines) print(line);
    },
  };
}
