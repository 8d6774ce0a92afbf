"""Every C++ source and every *_test.py is named in a CMakeLists.txt of its folder or one above: none is forgotten."""

import os
import re
import sys

import tree

FOLDERS = ("broker", "storage", "cli", "tests")


def is_listed(root, path):
    folder = os.path.dirname(path)
    while True:
        listing = os.path.join(folder, "CMakeLists.txt")
        if os.path.exists(os.path.join(root, listing)):
            text = re.sub(r"#[^\n]*", "", tree.read(root, listing))
            if os.path.relpath(path, folder or ".") in re.split(r"[\s()\"]+", text):
                return True
        if not folder:
            return False
        folder = os.path.dirname(folder)


def check(root):
    paths = tree.files(root, (".cc", "_test.py"), FOLDERS)
    return [f"{path}: no CMakeLists.txt names it, so it is never built or run" for path in paths
            if not is_listed(root, path)]


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
