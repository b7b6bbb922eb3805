#!/bin/sh
# A Maven build with a unit test, offline, from a local repository that is mounted read-only.
set -eu
cp -r /opt/workloads/maven/. .
# What is in the repository came by way of the host's mirror, under another name than this Maven's.
mvn -B -o -q -Dmaven.repo.local=/repository -Daether.enhancedLocalRepository.trackingFilename=none test
grep -q 'tests="1" errors="0" skipped="0" failures="0"' target/surefire-reports/TEST-sample.GreetingTest.xml
echo passed
