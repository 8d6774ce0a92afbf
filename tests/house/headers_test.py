"""Shows that the build refuses a header that misses its own include: a small project with one is planted.

Arguments: the folder of our CMake modules, the C++ compiler."""

import os
import subprocess
import sys
import tempfile

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(planted LANGUAGES CXX)
list(APPEND CMAKE_MODULE_PATH "{modules}")
set(BROKER_SYNTAX_ONLY ON)
include(SyntaxOnly)
include(BrokerTargets)
add_library(broker_warnings INTERFACE)
add_library(broker_null_warnings INTERFACE)
add_subdirectory(part)
"""
PART = "broker_library(planted SOURCES x.cc)\n"
SOURCE = '#include <string>\n#include "part/x.h"\nstd::string X() { return {}; }\n'
BAD_HEADER = "#pragma once\nstd::string X();\n"
GOOD_HEADER = "#pragma once\n#include <string>\nstd::string X();\n"


def builds(folder, modules, compiler, header):
    os.makedirs(os.path.join(folder, "part"), exist_ok=True)
    for name, text in (("CMakeLists.txt", PROJECT.format(modules=modules)), ("part/CMakeLists.txt", PART),
                       ("part/x.cc", SOURCE), ("part/x.h", header)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    build = os.path.join(folder, "out")
    subprocess.run(["cmake", "-S", folder, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
                    "-DCMAKE_CXX_STANDARD=20"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", build, "all", "all_verify_interface_header_sets"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0, done.stdout


def main():
    modules, compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        passed, output = builds(os.path.join(folder, "good"), modules, compiler, GOOD_HEADER)
        assert passed, output
        passed, output = builds(os.path.join(folder, "bad"), modules, compiler, BAD_HEADER)
        assert not passed and "x.h" in output, output
    print("a header that misses its include is refused")


if __name__ == "__main__":
    main()
