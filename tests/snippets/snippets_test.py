"""Runs one of the clients of proto/README.md as it stands there, with its own commands, against a real daemon.

usage: snippets_test.py BROKERD python|go|java|typescript

Commands are those of the section's `sh` block; the program is its other block. What is not installed, or cannot be had
from the language's registry, skips the test, loudly."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "server"))

import brokerd  # noqa: E402  (needs the path above)

SKIPPED = 77
PATIENCE = 500  # for a build from nothing
ADDRESS = "127.0.0.1:8085"  # in the README
# heading, the program's file, what must be installed, and a last command where the README leaves it to the reader
LANGUAGES = {
    "python": ("Python", "example.py", ["python3"], "python3 example.py"),
    "go": ("Go", "example.go", ["go", "protoc"], None),
    "java": ("Java", "src/main/java/Example.java", ["java", "mvn"], None),
    "typescript": ("TypeScript", "example.ts", ["node", "npm", "protoc"], None),
}
# These only fetch; where they fail, the registry is not there.
FETCHES = ("npm install", "go install", "go mod tidy", "mvn -q dependency:resolve")


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def section(heading, language):
    """The commands and the program of a section of the README."""
    with open(os.path.join(os.path.dirname(TESTS), "proto", "README.md"), encoding="utf-8") as file:
        text = file.read()
    body = re.search(rf"^## A client in {heading}\n(.*?)(?=^## |\Z)", text, re.M | re.S).group(1)
    commands = re.search(r"^```sh\n(.*?)^```", body, re.M | re.S).group(1).splitlines()
    program = re.search(rf"^```{language}\n(.*?)^```", body, re.M | re.S).group(1)
    assert ADDRESS in program, "the program names the address that the README speaks of"
    return [line for line in commands if not line.startswith("apt-get")], program


def run(command, folder):
    # A registry that does not answer is found out soon.
    env = {**os.environ, "npm_config_fetch_retries": "0", "npm_config_fetch_timeout": "30000",
           "npm_config_update_notifier": "false", "npm_config_audit": "false", "npm_config_fund": "false"}
    done = subprocess.run(["bash", "-c", command.replace("python3 ", f"{sys.executable} ")], cwd=folder, env=env,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode == 0:
        return done.stdout
    said = (done.stdout + done.stderr).strip()
    if command.startswith(FETCHES):
        skip(f"{command}: {said.splitlines()[-1] if said else 'failed'}")
    raise AssertionError(f"{command}: exit {done.returncode}\n{said}")


def main(binary, language):
    heading, path, tools, last = LANGUAGES[language]
    for tool in tools:
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")
    commands, program = section(heading, language)
    if language == "java":
        commands.insert(0, "mvn -q dependency:resolve")
    with tempfile.TemporaryDirectory(prefix="broker_snippet_") as folder:
        os.symlink(os.path.join(os.path.dirname(TESTS), "proto"), os.path.join(folder, "proto"))
        shutil.copy(os.path.join(TESTS, "snippets", "pom.xml"), folder)
        daemon = brokerd.Brokerd(os.path.abspath(binary), os.path.join(folder, "data"))
        try:
            daemon.wait_ready()
            os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(program.replace(ADDRESS, daemon.address("grpc")))
            said = "".join(run(command, folder) for command in [*commands, *([last] if last else [])])
        finally:
            daemon.kill()
    print(said)
    assert re.search(r"published \d+-\d+", said), said
    assert "billing hello attempt 1" in said, said


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
