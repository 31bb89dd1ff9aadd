/** Pids of processes that must not outlive the bench. */
const pids = new Set<number>();

process.once("exit", () => {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
});

/** Has a process killed when the bench exits, however that comes about; the result calls it off. */
export function endWithBench(pid: number | undefined): () => void {
  if (pid === undefined) return () => {};
  pids.add(pid);
  return () => void pids.delete(pid);
}
