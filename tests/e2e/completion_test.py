"""Completion as each shell does it, with the names of a live broker. A shell that is not installed is skipped.

usage: completion_test.py BROKERD BROKERCTL"""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import unittest

import daemon

BINARIES = {}


class Zsh:
    """A zsh at a terminal, without anybody's configuration. `complete` types, presses Tab, and answers the line."""

    READY = b"at-your-service"

    def __init__(self, environment, setup):
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**environment, "TERM": "dumb"})
        show = 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^P" show'
        self._write(f"PS1=''; unsetopt prompt_cr prompt_sp; {setup}; {show}; echo at-your''-service\n")
        self._read_until(re.escape(self.READY))

    def close(self):
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def _write(self, text):
        os.write(self._terminal, text.encode())

    def _read_until(self, pattern):
        deadline = time.monotonic() + daemon.PATIENCE
        seen = b""
        while not (found := re.search(pattern, seen)):
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"zsh said only {seen!r}")
            seen += os.read(self._terminal, 65536)
        return seen, found

    def complete(self, typed):
        """The line after a Tab, and everything that was shown on the way."""
        self._write(typed + "\t\x10")
        seen, line = self._read_until(rb"<<(.*?)>>")
        self._write("\x15")  # clears the line
        return line.group(1).decode(), seen.decode()


class CompletionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = daemon.Broker(BINARIES["brokerd"])
        cls.broker.__enter__()
        cls.addClassCleanup(cls.broker.__exit__)
        cls.ctl = daemon.Brokerctl(BINARIES["brokerctl"], cls.broker)
        for queue in ("billing", "billing-dlq", "~odd"):
            cls.ctl.run("queue", "create", queue)
        folder = os.path.dirname(BINARIES["brokerctl"])
        cls.environment = {**cls.ctl.environment(), "HOME": cls.broker.folder,
                           "PATH": folder + os.pathsep + os.environ["PATH"]}

    def ask(self, shell, *arguments):
        return subprocess.run([shell, *arguments], env=self.environment, capture_output=True, text=True,
                              timeout=daemon.PATIENCE, check=True).stdout

    def zsh(self, setup):
        zsh = Zsh(self.environment, setup)
        self.addCleanup(zsh.close)
        return zsh

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash_offers_live_names(self):
        script = ("source <(brokerctl completion bash); COMP_WORDS=(brokerctl queue describe bil); COMP_CWORD=3; "
                  '_brokerctl; echo "${COMPREPLY[@]}"')
        self.assertEqual(self.ask("bash", "-c", script), "billing billing-dlq\n")

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash_puts_together_what_it_took_apart(self):
        def offered(words, breaks="=:"):
            script = (f"source <(brokerctl completion bash); COMP_WORDBREAKS=$' \\t{breaks}'; COMP_WORDS=({words}); "
                      'COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); _brokerctl; echo "${COMPREPLY[@]}"')
            return self.ask("bash", "-c", script).split()

        self.assertEqual(offered("brokerctl queue create x --dead-letter = billing-"), ["billing-dlq"])
        self.assertEqual(offered("brokerctl queue create x --dead-letter ="), ["billing", "billing-dlq", "~odd"])
        self.assertEqual(offered("brokerctl queue list --output = j"), ["json"])
        self.assertEqual(offered("brokerctl queue list --output=j", breaks=""), ["--output=json"])
        host, port = self.ctl.environment()["BROKER_ADDRESS"].split(":")
        self.assertEqual(offered(f"brokerctl --address {host} : {port} peek queue/billing-"), ["queue/billing-dlq"])

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_live_names_and_tells_what_words_mean(self):
        def offered(line):
            script = "brokerctl completion fish | source; complete -C $argv[1]"
            return self.ask("fish", "--no-config", "-c", script, line).splitlines()

        self.assertEqual(offered("brokerctl queue describe bil"), ["billing", "billing-dlq"])
        self.assertEqual(offered("brokerctl queue create x --dead-letter billing-"), ["billing-dlq"])
        self.assertEqual(offered("brokerctl queue describe ~od"), ["~odd"])
        self.assertEqual(offered("brokerctl queue list --output=j"), ["--output=json"])
        self.assertEqual(offered("brokerctl que"), ["queue\tQueues: each message goes to one receiver, who settles it"])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_offers_live_names(self):
        zsh = self.zsh("autoload -Uz compinit; compinit -u -D; source <(brokerctl completion zsh)")
        self.assertEqual(zsh.complete("brokerctl que")[0], "brokerctl queue ")
        self.assertEqual(zsh.complete("brokerctl queue describe billing-")[0], "brokerctl queue describe billing-dlq ")
        self.assertEqual(zsh.complete("brokerctl queue list --output=j")[0], "brokerctl queue list --output=json ")
        line, shown = zsh.complete("brokerctl peek billing ")
        self.assertEqual(line, "brokerctl peek billing ")
        self.assertRegex(shown, r"delayed\s+leased\s+ready\s+retrying")

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_needs_no_preparation(self):
        zsh = self.zsh("ZSH_DISABLE_COMPFIX=true; source <(brokerctl completion zsh)")
        self.assertEqual(zsh.complete("brokerctl queue describe billing-")[0], "brokerctl queue describe billing-dlq ")

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_finds_the_script_among_its_functions(self):
        functions = os.path.join(self.broker.folder, "functions")
        os.mkdir(functions)
        with open(os.path.join(functions, "_brokerctl"), "w", encoding="utf-8") as file:
            file.write(self.ctl.run("completion", "zsh").stdout)
        zsh = self.zsh(f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u -D")
        self.assertEqual(zsh.complete("brokerctl queue describe billing-")[0], "brokerctl queue describe billing-dlq ")


if __name__ == "__main__":
    BINARIES["brokerctl"], BINARIES["brokerd"] = os.path.abspath(sys.argv.pop(2)), sys.argv.pop(1)
    unittest.main()
