#!/bin/sh
# pip builds a wheel and installs it, with no network.
set -eu
mkdir -p project/greeting
cat >project/setup.cfg <<'CFG'
[metadata]
name = greeting
version = 1.0
[options]
packages = greeting
[options.entry_points]
console_scripts =
    greet = greeting:main
CFG
printf 'from setuptools import setup\nsetup()\n' >project/setup.py
printf 'def main():\n    print("hello")\n' >project/greeting/__init__.py
python3 -m pip -q --no-cache-dir --disable-pip-version-check wheel --no-index --no-deps --no-build-isolation -w wheels ./project
python3 -m pip -q --no-cache-dir --disable-pip-version-check install --no-index --target site wheels/greeting-1.0-*.whl
[ "$(PYTHONPATH=site site/bin/greet)" = hello ]
[ "$(PYTHONPATH=site python3 -m pip --disable-pip-version-check list --path site --format freeze)" = greeting==1.0 ]
echo passed
