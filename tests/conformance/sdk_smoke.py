"""Runs the own cases of one AWS SDK, a program of this folder in its language, against a daemon started for it.

usage: sdk_smoke.py BROKERD go|java FOLDER

FOLDER keeps what is built. Libraries come through the language's own tools and stay in their caches; where a tool is not
installed, or they cannot be had, the suite is skipped, loudly."""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

import daemon  # noqa: E402  (needs the path above)

SKIPPED = 77
LEAST = 50  # cases in each language
PATIENCE = 500  # seconds, for a build from nothing and for a run


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


class Go:
    tools = ("go",)
    fetch = ("go", "mod", "download")

    def __init__(self, folder):
        self._folder = folder
        self.build = ("go", "build", "-buildvcs=false", "-o", folder + os.sep, ".", "./bridge")

    def program(self):
        return (os.path.join(self._folder, "conformance"),)

    def bridge(self):
        return (os.path.join(self._folder, "bridge"),)


class Java:
    tools = ("java", "mvn")

    def __init__(self, folder):
        self._classes = os.path.join(folder, "classes")
        self._libraries = os.path.join(folder, "libraries")  # their paths, as Java wants them
        maven = ("mvn", "-q", "-B", "-Dstyle.color=never", f"-Dfolder={folder}")
        self.fetch = (*maven, "dependency:resolve")
        self.build = (*maven, "compile", "dependency:build-classpath", f"-Dmdep.outputFile={self._libraries}")

    def program(self, main="Main"):
        with open(self._libraries, encoding="utf-8") as file:
            return ("java", "-cp", self._classes + ":" + file.read().strip(), main)

    def bridge(self):
        return self.program("Bridge")


def execute(command, language):
    return subprocess.run(command, cwd=os.path.join(HERE, language), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=PATIENCE, check=False)


def built(language, folder):
    """The programs of a language."""
    folder = os.path.join(os.path.abspath(folder), language)
    os.makedirs(folder, exist_ok=True)
    sdk = {"go": Go, "java": Java}[language](folder)
    for tool in sdk.tools:
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")
    fetched = execute(sdk.fetch, language)
    if fetched.returncode != 0:
        said = fetched.stdout.strip().splitlines() or ["failed"]
        skip(f"{' '.join(sdk.fetch)}: {next((line for line in said if 'http' in line), said[-1])}")
    done = execute(sdk.build, language)
    assert done.returncode == 0, f"{' '.join(sdk.build)}: exit {done.returncode}\n{done.stdout}"
    return sdk


def main(binary, language, folder):
    sdk = built(language, folder)
    with daemon.Broker(os.path.abspath(binary)) as broker:
        done = execute((*sdk.program(), "http://" + broker.http_address), language)
        broker.stop()
    print(done.stdout, end="")
    good = len(re.findall(r"^ok ", done.stdout, re.M))
    failed = len(re.findall(r"^FAILED ", done.stdout, re.M))
    print(f"{language}: {good + failed} cases, at least {LEAST} wanted, {failed} failed, exit {done.returncode}")
    return 0 if done.returncode == 0 and failed == 0 and good >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
