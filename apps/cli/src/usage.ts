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

Changes are in force within 2 s in every process, and are audited.`;

/** The command line is not one of the usage's; the message says what is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
