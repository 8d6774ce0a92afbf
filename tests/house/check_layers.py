"""Holds every #include against the layer table in layers.toml."""

import fnmatch
import os
import re
import sys
import tomllib

import tree

FOLDERS = ("broker", "storage", "cli", "tests", "proto")
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


class Table:
    def __init__(self, data):
        self.layers = data["layer"]
        self.confined = data.get("confined", {})
        self._private = data.get("private", {})
        self._generated = data.get("generated", {})
        prefixes = [(p, name) for name, ps in data["packages"].items() for p in ps]
        self._packages = sorted(prefixes, key=lambda entry: -len(entry[0]))

    def layer_of(self, path):
        """The layer whose folder holds `path`, or None."""
        owners = [name for name in self.layers if tree.is_under(path, name)]
        return max(owners, key=len, default=None)

    def generated_layer_of(self, include):
        return next((layer for prefix, layer in self._generated.items() if include.startswith(prefix)), None)

    def owners_of(self, include):
        """The layers that may include a private header; None for one that is not."""
        return next((layers for name, layers in self._private.items() if fnmatch.fnmatch(include, name)), None)

    def package_of(self, include):
        return next((name for prefix, name in self._packages if include.startswith(prefix)), None)


def allows(listed, name):
    return "*" in listed or name in listed


def judge(table, root, path, include):
    """Why `path` may not include `include`, or None."""
    layer = table.layer_of(path)
    if layer is None:
        return "stands in no folder of the layer table"
    rules = table.layers[layer]
    target = table.generated_layer_of(include)
    if target is None and os.path.exists(os.path.join(root, include)):
        target = table.layer_of(include)
        if target is None:
            return f"includes {include}, which stands in no folder of the layer table"
    if target is not None:
        if target != layer and not allows(rules["uses"], target):
            return f"layer {layer} may not use {target}: {include}"
        owners = table.owners_of(include)
        if owners is not None and layer not in owners:
            return f"{include} is private to {', '.join(owners)}"
        return None
    package = table.package_of(include)
    if package is None:
        if "/" in include or include.endswith(".h"):
            return f"{include} is neither ours nor of a package in the table nor of the standard library"
        if include in rules.get("forbids", []):
            return f"layer {layer} may not use <{include}>"
        return None
    if not allows(rules["packages"], package):
        return f"layer {layer} may not use package {package}: {include}"
    places = table.confined.get(package)
    if places is not None and not any(fnmatch.fnmatch(path, place) for place in places):
        return f"package {package} is confined to {', '.join(places)}: {include}"
    return None


def check(root, table_path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.toml")):
    with open(table_path, "rb") as file:
        table = Table(tomllib.load(file))
    problems = []
    for path in tree.files(root, tree.CXX, FOLDERS):
        includes = [m.group(2) for m in _INCLUDE.finditer(tree.without_comments(tree.read(root, path)))]
        if table.layer_of(path) is None:
            includes = [""]  # a file outside the table is a problem of its own, with or without includes
        for include in includes:
            why = judge(table, root, path, include)
            if why is not None:
                problems.append(f"{path}: {why}")
    return problems


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
