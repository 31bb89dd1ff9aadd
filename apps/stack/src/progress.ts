/** Shows how far something is. */
export type Progress = {
  /** How many are done by now. */
  update(done: number): void;
  /** Ends the bar. */
  end(): void;
};

type Output = { write(text: string): unknown; isTTY?: boolean };

const WIDTH = 30;

/** A bar that redraws itself on a terminal; elsewhere one line at the end. */
export function createProgress(output: Output, label: string, total: number): Progress {
  let last = 0;
  const draw = (done: number): string => {
    const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH);
    return `${label.padEnd(30)} [${"#".repeat(filled)}${".".repeat(WIDTH - filled)}] ${done}/${total}`;
  };
  return {
    update(done) {
      last = done;
      if (output.isTTY) output.write(`\r${draw(done)}`);
    },
    end() {
      output.write(output.isTTY ? `\r${draw(last)}\n` : `${label}: ${last} of ${total} sent\n`);
    },
  };
}
