import { execFile } from "node:child_process";

/** Debian's hook that package scripts ask before they start a service; 101 means "do not". */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/** One installation of ours at a time, or one would take the service policy away from under another. */
const LOCK_FILE = "/var/lib/apt/mutt-install.lock";

/** A slow mirror and a browser. */
const LIMIT_MS = 900_000;

/**
 * Runs under the lock. A policy that the machine has already is its owner's, and stays. An update that fails in part
 * (one dead mirror) may still leave a usable list. Another apt-get may hold its lock, e.g. unattended upgrades: it is
 * waited for.
 */
const SCRIPT = `
set -e
if [ ! -e ${SERVICE_POLICY} ]; then
  trap 'rm -f ${SERVICE_POLICY}' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > ${SERVICE_POLICY}
  chmod 755 ${SERVICE_POLICY}
fi
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }
apt update || echo "apt-get update failed" >&2
apt install -y --no-install-recommends "$@"
`;

/**
 * Installs Debian packages with apt-get, kept from starting a service, now and at the next boot.
 * Rejects with the last line that apt-get complained with. Needs root.
 */
export async function installWithApt(options: {
  packages: readonly string[];
  /** Services that the packages would switch on. */
  services?: readonly string[];
}): Promise<void> {
  await run("flock", [LOCK_FILE, "sh", "-c", SCRIPT, "sh", ...options.packages]);
  // Nobody asked for a service at the next boot; without systemd there is nothing to switch off.
  for (const service of options.services ?? []) {
    await run("systemctl", ["disable", service]).catch(() => {});
  }
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, limits, (error, _stdout, stderr) => {
      if (!error) return resolve();
      const lastLine = stderr.trim().split("\n").at(-1);
      reject(new Error(lastLine || error.message, { cause: error }));
    });
  });
}
