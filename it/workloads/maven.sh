#!/bin/sh
# A Maven build with a unit test, offline, from a local repository that the workspace has.
set -eu
cp -r /opt/workloads/maven/. .
mvn -B -o -q -Dmaven.repo.local=/workspace/repository test
grep -q 'tests="1" errors="0" skipped="0" failures="0"' target/surefire-reports/TEST-sample.GreetingTest.xml
echo passed
