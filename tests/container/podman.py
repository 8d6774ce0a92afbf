"""Containers for a test, with podman: no daemon, images and containers in a folder of the test's own, and a Debian base
image made from the machine's own package mirrors, so that no registry is needed. Needs root.

What keeps containers from running here at all is raised as Unavailable; everything else is a failure."""

import os
import shutil
import subprocess
import tempfile
import time

PATIENCE = 120  # seconds for anything that is expected to come
BUILD_PATIENCE = 3600

BASE = "docker.io/library/debian:bookworm-slim"
TOOLS = ("podman", "runc", "mmdebstrap")
# As Debian's own slim image: without what nobody reads in a container.
WITHOUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
# Within what an unprivileged machine lets root set.
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000")
# What podman and mmdebstrap call is partly there, and not on everybody's path.
ENVIRONMENT = {**os.environ, "PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"}


class Unavailable(Exception):
    """Containers cannot run on this machine; says why."""


def call(*command, timeout=PATIENCE, **options):
    """Runs to the end -> CompletedProcess; a failure shows what was said."""
    options.setdefault("env", ENVIRONMENT)
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)
    assert done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def wait_until(condition):
    """Asks again and again; `condition` asks a process, which takes its time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s"


def make_base(path):
    """The base image's files as a tar archive, unless it is there."""
    if os.path.exists(path):
        return
    sources = call("apt-get", "indextargets", "--format", "deb $(REPO_URI) $(CODENAME) $(COMPONENT)",
                   "Created-By: Packages", "Origin: Debian").stdout.splitlines()
    sources = sorted({line for line in sources if " bookworm" in line})
    excludes = [f"--dpkgopt=path-exclude={pattern}" for pattern in WITHOUT]
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as folder:
        made = os.path.join(folder, "base.tar")
        call("mmdebstrap", "--variant=minbase", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
             "--include=usr-is-merged", *excludes, "bookworm", made, *sources, timeout=BUILD_PATIENCE)
        os.rename(made, path)


class Podman:
    """Use as a context: everything that was made in it goes with it."""

    def __init__(self):
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise Unavailable(f"not installed: {', '.join(missing)}")
        if os.geteuid() != 0:
            raise Unavailable("needs root")
        self._folder = tempfile.mkdtemp(prefix="broker_container_")
        path = lambda name: os.path.join(self._folder, name)  # noqa: E731
        self._podman = ("podman", "--root", path("root"), "--runroot", path("run"), "--tmpdir", path("tmp"),
                        "--storage-driver", "vfs", "--runtime", "runc", "--cgroup-manager", "cgroupfs",
                        "--events-backend", "file")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.attempt("rm", "--all", "--force", "--time", "0")
        shutil.rmtree(self._folder)

    def __call__(self, *arguments, **options):
        return call(*self._podman, *arguments, **options).stdout.strip()

    def attempt(self, *arguments):
        """Runs to the end -> CompletedProcess, whatever the exit code."""
        return subprocess.run([*self._podman, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                              check=False, env=ENVIRONMENT)

    def prepare(self, base):
        """The base image, and the proof that a container of it runs with a published port."""
        try:
            make_base(base)
            self("import", base, BASE, timeout=BUILD_PATIENCE)
            self("run", "--rm", *LIMITS, "--publish", "127.0.0.1::1", BASE, "true")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            raise Unavailable("a container of plain Debian does not run: " + " ".join(str(error).split())) from error

    def build(self, name, file, context, *arguments):
        """An image from the Dockerfile `file`, in the format that knows health checks."""
        self("build", "--format", "docker", "--layers=false", "--network", "host", "--isolation", "chroot", "--tag",
             name, "--file", file, *arguments, context, timeout=BUILD_PATIENCE)

    def size(self, image):
        return int(self("image", "inspect", "--format", "{{.Size}}", image))
