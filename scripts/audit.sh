#!/bin/sh
# Compares the lock (or the file that is named) with the public database of known faults, and says so when it cannot.
# Ends with 0: compared, no known fault; 1: compared, some found; 2: not compared, for there is no database here.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# In an environment of its own: its libraries are not ours.
audit() {
    .venv/bin/uv tool run --quiet --python .venv/bin/python pip-audit --requirement "$1" --no-deps --disable-pip \
        --progress-spinner off --format json --output "$folder/report" 2>"$folder/error"
}

# Many mirrors of the index answer that nothing has a fault: one that is known to have some is asked of first.
echo "jinja2==2.10" >"$folder/known"
audit "$folder/known"
if ! grep -q '"fix_versions"' "$folder/report" 2>/dev/null; then
    # "No known vulnerabilities" is what a mirror without the database says of everything.
    grep -v "^No known" "$folder/error" | tail -n 1 >&2
    echo "audit: NOT COMPARED. There is no database of known faults here (no network, or a mirror without it)." >&2
    exit 2
fi
audit "${1:-requirements.lock}"
.venv/bin/python - "$folder/report" <<'PYTHON'
import json, sys
found = [(each, fault) for each in json.load(open(sys.argv[1]))["dependencies"] for fault in each.get("vulns", [])]
for each, fault in found:
    print(f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version yet'}")
print(f"{len(found)} known faults.")
sys.exit(bool(found))
PYTHON
