#!/bin/sh
# Compares the lock (or the file that is named) with the public database of known faults, and says so when it cannot.
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
    tail -n 1 "$folder/error" >&2
    echo "audit: there is no database of known faults here (no network, or a mirror without it): nothing is known." >&2
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
