#!/bin/sh
# A trap handler for snmptrapd: turns the trap on standard input into JSON and posts it to MUTT.
# snmptrapd.conf:  traphandle default /usr/local/bin/snmptrapd-to-mutt.sh
# snmptrapd hands over: host name, then "UDP: [192.0.2.7]:54321->…", then one "OID value" a line. Run it with -On, so
# that OIDs are numbers. Environment: MUTT_URL, and MUTT_KEY_FILE, a file that holds the key alone (mode 0600).
set -eu

: "${MUTT_URL:=http://127.0.0.1:8080/api/v1/ingest}"
: "${MUTT_KEY_FILE:=/etc/mutt/ingest.key}"

# Quotes, backslashes and control characters are escaped; what is not UTF-8 is left to MUTT, which replaces it.
body=$(awk '
  function quoted(text,   out, i, c) {
    out = ""
    for (i = 1; i <= length(text); i++) {
      c = substr(text, i, 1)
      if (c == "\\" || c == "\"") out = out "\\" c
      else if (c == "\t") out = out "\\t"
      else if (c < " ") out = out " "
      else out = out c
    }
    return "\"" out "\""
  }
  { sub(/\r$/, "") }
  NR == 1 { host = $0; next }
  NR == 2 { if (match($0, /\[[^]]+\]/)) address = substr($0, RSTART + 1, RLENGTH - 2); next }
  {
    oid = $1
    value = $0
    sub(/^[^ \t]+[ \t]*/, "", value)
    # snmpTrapOID.0 names the trap; sysUpTime.0 says nothing about it.
    if (oid ~ /\.1\.3\.6\.1\.6\.3\.1\.1\.4\.1\.0$/) { trap = value; next }
    if (oid ~ /\.1\.3\.6\.1\.2\.1\.1\.3\.0$/) next
    variables = variables (variables == "" ? "" : ",") "{\"oid\":" quoted(oid) ",\"value\":" quoted(value) "}"
  }
  END {
    if (host == "" || host == "<UNKNOWN>") host = address
    printf "{\"hostname\":%s,\"source_ip\":%s", quoted(host), quoted(address)
    if (trap != "") printf ",\"trap_oid\":%s", quoted(trap)
    printf ",\"variables\":[%s]}", variables
  }
')

# The key is read from a file and handed over on standard input: a command line can be read by everybody on the machine.
# With an Idempotency-Key a retry cannot come in twice.
printf 'header = "X-API-KEY: %s"\n' "$(cat "$MUTT_KEY_FILE")" |
  curl --config - --silent --show-error --fail --output /dev/null --max-time 10 --retry 5 --retry-connrefused \
    --header 'Content-Type: application/json' \
    --header "Idempotency-Key: trap-$(date +%s)-$$" \
    --data-binary "$body" "$MUTT_URL"
