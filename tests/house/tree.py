"""What every check of the house shares: which files there are, and reading C++ without its comments."""

import os
import re
import sys

SKIPPED_FOLDERS = {"build", "data", ".git", ".cache", "__pycache__"}
CXX = (".h", ".cc")


def files(root, endings, under=("",)):
    """Paths relative to `root` with one of the endings, sorted; build output is skipped."""
    found = []
    for folder, names, file_names in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS)
        for name in sorted(file_names):
            path = os.path.relpath(os.path.join(folder, name), root)
            if name.endswith(tuple(endings)) and any(is_under(path, u) for u in under):
                found.append(path)
    return found


def is_under(path, folder):
    return not folder or path == folder or path.startswith(folder + "/")


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def without_comments(text):
    """C++ text with comments blanked, line numbers kept. Strings stay."""
    def blank(match):
        token = match.group(0)
        return "\n" * token.count("\n") if token.startswith("/") else token
    return _TOKEN.sub(blank, text)


def main(check, description):
    """Runs `check(root) -> problems` over the tree given as the one argument."""
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} ROOT\n{description}", file=sys.stderr)
        return 2
    problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    print(f"{os.path.basename(sys.argv[0])}: {len(problems)} problem(s)")
    return 1 if problems else 0
