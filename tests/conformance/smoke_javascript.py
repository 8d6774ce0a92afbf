"""Runs javascript/smoke.js against a daemon of its own.

usage: smoke_javascript.py BROKERD FOLDER

FOLDER keeps the SDK's packages. Where node is not installed or npm's registry not reached, it is skipped, loudly."""

import os
import shutil
import subprocess
import sys

import conformance

sys.path.insert(0, os.path.join(os.path.dirname(conformance.HERE), "e2e"))

import daemon  # noqa: E402  (needs the path above)

SOURCES = os.path.join(conformance.HERE, "javascript")


def main(brokerd, folder):
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            conformance.skip(f"{tool} is not installed")
    home = os.path.join(folder, "javascript")
    os.makedirs(home, exist_ok=True)
    for name in ("package.json", "smoke.js"):
        shutil.copy(os.path.join(SOURCES, name), home)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=30000"], cwd=home,
                          capture_output=True, text=True, timeout=conformance.PATIENCE, check=False)
    if done.returncode != 0:
        conformance.skip(f"npm install: {done.stderr.strip().splitlines()[-1]}")
    with daemon.Broker(os.path.abspath(brokerd)) as broker:
        return subprocess.run(["node", "--test", "--test-reporter=spec", "smoke.js"], cwd=home, check=False,
                              timeout=conformance.PATIENCE,
                              env={**os.environ, "ENDPOINT": "http://" + broker.http_address}).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
