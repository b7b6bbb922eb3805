#!/bin/sh
# Makes what the test's host serves, but for the Maven repository, which is the machine's own: a folder for each host.
set -eu
for host in curl wget go java-url java-http node plain; do
    mkdir -p /site/$host
    echo hello >/site/$host/hello
done

mkdir -p /tmp/wheel/greeting /site/pip/greeting
cd /tmp/wheel
cat >setup.py <<'PY'
from setuptools import setup
setup(name="greeting", version="1.0", packages=["greeting"])
PY
echo 'WORD = "hello"' >greeting/__init__.py
python3 setup.py -q bdist_wheel --dist-dir /site/pip/greeting

mkdir -p /tmp/npm/package /site/npm/greeting
cd /tmp/npm
echo '{"name": "greeting", "version": "1.0.0", "main": "index.js"}' >package/package.json
echo 'module.exports = "hello"' >package/index.js
tar -czf /site/npm/greeting-1.0.0.tgz package
cat >/site/npm/greeting/index.html <<'JSON'
{"name": "greeting", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "greeting", "version": "1.0.0",
 "dist": {"tarball": "https://npm.programs.test/greeting-1.0.0.tgz"}}}}
JSON

mkdir /tmp/git
cd /tmp/git
git init -q --initial-branch=main .
echo hello >greeting
git add greeting
git -c user.name=it -c user.email=it@programs.test commit -q -m greeting
mkdir -p /site/git
git clone -q --bare . /site/git/greeting.git
git -C /site/git/greeting.git update-server-info

mkdir -p /tmp/deb/DEBIAN /site/apt
printf 'Package: greeting\nVersion: 1.0\nArchitecture: all\nMaintainer: it\nDescription: greeting\n' >/tmp/deb/DEBIAN/control
dpkg-deb --build /tmp/deb /site/apt/greeting_1.0_all.deb >/dev/null
cd /site/apt
printf '%s\nFilename: ./greeting_1.0_all.deb\nSize: %s\nSHA256: %s\n' "$(cat /tmp/deb/DEBIAN/control)" \
    "$(stat -c %s greeting_1.0_all.deb)" "$(sha256sum <greeting_1.0_all.deb | cut -d ' ' -f 1)" >Packages
