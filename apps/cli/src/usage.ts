import { DEAD_LETTER_CLASSES } from "@mutt/dead-letter";

/** What `npm run mutt` says when it is not told what to do. */
export const USAGE = `usage: npm run mutt -- COMMAND

  rules import FILE [--replace] [--reason TEXT]
                          take rules, dev hosts and teams from a YAML or JSON file, all or nothing;
                          with --replace, what is not in the file goes
  rules export [FILE] [--json]
                          write them to a file or to the terminal, as YAML or JSON
  rules test EVENT [--file FILE]
                          which rule matches this event (JSON), and why the others do not;
                          with --file, by the rules of a file instead of those in force
  config list             every run-time setting: value, where it comes from, default
  config get KEY
  config set KEY VALUE [--reason TEXT]
  config reset KEY [--reason TEXT]
                          back to the environment's or the default value
  dlq ls [FILTER] [--limit N]
                          dead letters, those that failed last first
  dlq show ID             one of them, with all that was tried
  dlq groups              dead letters by kind of failure
  dlq plan [FILTER]       what a redrive would do: count, classes, samples, what is left out and why;
                          changes nothing
  dlq redrive PLAN --reason TEXT [--rate N] [--all] [--detach]
  dlq redrive FILTER --reason TEXT [--rate N] [--all] [--detach]
                          replay what is planned, at most N a second (10) and never above the storm
                          cap; --all where there is no filter but the queue; --detach does not wait
  dlq redrives [REDRIVE]  the latest redrives, or the progress of one to its end
  dlq pause|resume|cancel REDRIVE [--reason TEXT]
                          what was replayed stays replayed
  dlq quarantine|release GROUP --reason TEXT
                          keep a kind of failure from being replayed, and end that

  FILTER: --queue dlq-alerter|dlq-forwarder|dlq-dead  --class CLASS  --failure REASON
          --fingerprint GROUP  --severity 0-7  --host HOST  --min-age 15m  --max-age 2d
          --replays-min N  --replays-max N
  CLASS:  ${DEAD_LETTER_CLASSES.slice(0, 4).join(", ")},
          ${DEAD_LETTER_CLASSES.slice(4).join(", ")}
  All of "dlq" takes --json.

Changes of rules and settings are in force within 2 s in every process. Every change is audited.`;

/** The command line is not one of the usage's; the message says what is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
