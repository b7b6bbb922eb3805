#!/bin/sh
# Runs a workload, given as a command, in a new folder of the workspace, and leaves nothing there. One that came to its
# end says so, since a script that stops early may do so with exit code 0.
set -eu
folder=$(mktemp -d /workspace/workload.XXXXXX)
cd "$folder"
code=0
TMPDIR=$folder "$@" || code=$?
cd /workspace
rm -rf "$folder"
exit "$code"
