"""Refuses the operating system's clocks, sleeps and randomness outside broker/base: they are injected."""

import re
import sys

import tree

CXX_EXEMPT = ("broker/base", "tests/bench", "tests/support/wait.h")  # the one place that polls a condition
_CXX = re.compile(
    r"\b(?:system|steady|high_resolution|utc|file)_clock\s*::\s*now|"
    r"\b(?:sleep_for|sleep_until|usleep|nanosleep|random_device|clock_gettime|gettimeofday|gpr_now)\b|"
    r"(?<![\w.>])s?rand\s*\(|(?<!\w)::(?:sleep|time)\s*\(|\bstd::time\s*\(")
# In scripts, waiting is polling a condition under a deadline; the one place that does it is listed here.
PYTHON_EXEMPT = ("tests/support", "tests/bench", "tests/house", "tests/e2e/daemon.py")
_PYTHON = re.compile(r"\btime\.sleep\s*\(|\bfrom time import[^\n]*\bsleep\b")


def check(root):
    problems = []
    for endings, exempt, pattern in ((tree.CXX, CXX_EXEMPT, _CXX), ((".py",), PYTHON_EXEMPT, _PYTHON)):
        for path in tree.files(root, endings):
            if any(tree.is_under(path, folder) for folder in exempt):
                continue
            text = tree.read(root, path)
            if endings == tree.CXX:
                text = tree.without_comments(text)
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                problems.append(f"{path}:{line}: {match.group(0).strip()}: take the injected clock, entropy or wait")
    return problems


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
