"""Questions files above 400 lines, and refuses those above 600."""

import sys

import tree

QUESTIONED = 400
REFUSED = 600
ENDINGS = tree.CXX + (".proto", ".py", ".cmake", "CMakeLists.txt", ".sh")


def check(root):
    problems = []
    for path in tree.files(root, ENDINGS):
        lines = tree.read(root, path).count("\n")
        if lines > REFUSED:
            problems.append(f"{path}: {lines} lines, at most {REFUSED}: split it by what it does")
        elif lines > QUESTIONED:
            print(f"{path}: {lines} lines: does it do one thing? (refused above {REFUSED})")
    return problems


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
