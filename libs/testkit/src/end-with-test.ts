/** Pids of processes that must not outlive this one. */
const pids = new Set<number>();
let isListening = false;

/**
 * Has a child killed when this process exits, however badly a test went; returns what calls that off,
 * for when the child has ended.
 */
export function endWithTest(pid: number): () => void {
  pids.add(pid);
  if (!isListening) {
    isListening = true;
    process.once("exit", killAll);
  }
  return () => void pids.delete(pid);
}

function killAll(): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}
