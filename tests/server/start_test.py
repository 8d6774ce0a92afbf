"""What keeps brokerd from starting, and what a start says."""

import json
import os
import shutil
import signal
import socket
import unittest

import brokerd
import native_api


class Start(brokerd.DaemonTest):
    def test_listens_says_where_and_is_ready(self):
        daemon = self.start().wait_ready()
        self.assertRegex(daemon.address("grpc"), r"^127\.0\.0\.1:[1-9]\d*$")
        self.assertEqual(daemon.get("/livez"), (200, {"live": True}))
        status, ready = daemon.get("/readyz")
        self.assertEqual((status, ready["ready"], ready["reasons"]), (200, True, {}))

    def test_json_lines_are_json(self):
        daemon = self.start("--log-format=json")
        daemon.wait_for_line('"event":"ready"')
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_exit(), 0)
        events = [json.loads(line)["event"] for line in daemon.lines]
        self.assertEqual(events, ["starting", "listening", "data_folder_opened", "recovered",
                                  "notification_key_made", "listening", "ready", "stopping", "stopped"])


class Addresses(brokerd.DaemonTest):
    def test_a_port_in_use_is_named_with_the_flag_that_helps(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            for flag in ("--http-address", "--grpc-address"):
                said = self.refuse(3, f"{flag}={address}")
                self.assertIn(address, said)
                self.assertIn(flag, said)

    def test_an_address_of_another_machine_is_refused(self):
        for flag in ("--http-address", "--grpc-address"):
            self.assertIn("192.0.2.1:0", self.refuse(3, "--insecure", f"{flag}=192.0.2.1:0"))

    def test_beyond_this_machine_needs_insecure(self):
        self.assertIn("--insecure", self.refuse(2, "--grpc-address=0.0.0.0:0"))
        self.assertFalse(os.path.exists(self.data))
        daemon = self.start("--insecure", "--grpc-address=0.0.0.0:0").wait_ready()
        self.assertRegex(daemon.log(), r"warning no_authentication .*no authentication.* grpc=0\.0\.0\.0:0 ")

    def test_on_this_machine_only_there_is_nothing_to_warn_of(self):
        self.assertNotIn("no_authentication", self.start("--insecure").wait_ready().log())


class ServiceManager(brokerd.DaemonTest):
    def test_it_is_told_when_ready_and_when_stopping(self):
        for name in (os.path.join(self.folder, "notify"), "@" + self.folder):
            with self.subTest(name), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(name.replace("@", "\0"))
                manager.settimeout(brokerd.PATIENCE)
                daemon = self.start(env={"NOTIFY_SOCKET": name})
                self.assertEqual(manager.recv(100), b"READY=1")
                daemon.signal(signal.SIGTERM)
                self.assertEqual(manager.recv(100), b"STOPPING=1")
                self.assertEqual(daemon.wait_exit(), 0)
                self.assertNotIn("warning", daemon.log())

    def test_one_that_is_not_there_is_a_warning(self):
        for name in (os.path.join(self.folder, "nowhere"), "/" + "x" * 200):
            with self.subTest(name):
                daemon = self.start(env={"NOTIFY_SOCKET": name})
                daemon.wait_for_line(f"warning service_manager_not_told .*{name}")
                daemon.signal(signal.SIGTERM)
                self.assertEqual(daemon.wait_exit(), 0)


class DataFolder(brokerd.DaemonTest):
    def listing(self, folder):
        found = {}
        for where, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(where, name)
                with open(path, "rb") as file:
                    found[path] = file.read()
        return found

    def test_a_second_daemon_on_the_same_data_is_refused_and_the_first_goes_on(self):
        first = self.start().wait_ready()
        said = self.refuse(4)
        self.assertIn(self.data, said)
        self.assertIn(str(first.process.pid), said)
        self.assertEqual(first.get("/readyz")[0], 200)

    def test_the_folder_of_a_daemon_that_was_killed_opens(self):
        self.start().wait_ready().kill()
        self.start().wait_ready()

    def test_a_key_that_is_damaged_or_cannot_be_read_is_named(self):
        daemon = self.start().wait_ready()
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_exit(), 0)
        key = os.path.join(self.data, "notification-key.pem")
        with open(key, "w", encoding="utf-8") as file:
            file.write("no key\n")
        self.assertIn(key, self.refuse(5))
        os.remove(key)
        os.mkdir(key)
        self.assertIn(key, self.refuse(4))

    def test_a_file_is_no_folder(self):
        with open(self.data, "w", encoding="utf-8"):
            pass
        self.assertIn(self.data, self.refuse(4))

    def test_a_folder_with_other_things_is_left_alone(self):
        os.mkdir(self.data)
        with open(os.path.join(self.data, "letters.txt"), "w", encoding="utf-8") as file:
            file.write("dear")
        before = self.listing(self.data)
        self.assertIn(self.data, self.refuse(4))
        self.assertEqual(self.listing(self.data), before)

    def test_a_missing_parent_is_named(self):
        self.assertIn(os.path.join(self.folder, "no"), self.refuse(4, "--data", os.path.join(self.folder, "no", "data")))

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to start brokerd as somebody else")
    def test_without_permission_it_says_so(self):
        os.chmod(self.folder, 0o755)
        os.mkdir(self.data, 0o700)
        # The checkout may be in a folder that only its owner enters.
        self.binary = shutil.copy(self.binary, self.folder)
        said = self.refuse(4, user=65534, group=65534, extra_groups=[], cwd="/")
        self.assertIn(self.data, said)
        self.assertRegex(said, "[Pp]ermission")

    def test_a_newer_format_is_refused_and_left_alone(self):
        self.stop_cleanly(self.start().wait_ready())
        path = os.path.join(self.data, "FORMAT")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("0", "7"))
        before = self.listing(self.data)
        said = self.refuse(4)
        self.assertIn("7", said)
        self.assertIn(self.data, said)
        self.assertEqual(self.listing(self.data), before)

    def test_a_store_that_lost_commit_groups_is_refused(self):
        self.stop_cleanly(self.start().wait_ready())
        store, saved = os.path.join(self.data, "store"), os.path.join(self.folder, "saved")
        shutil.copytree(store, saved)
        self.stop_cleanly(self.start().wait_ready())
        shutil.rmtree(store)
        shutil.move(saved, store)
        said = self.refuse(5)
        self.assertIn(self.data, said)
        self.assertIn("group", said)

    def stop_cleanly(self, daemon):
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_exit(), 0, daemon.log())


class StandardStreams(brokerd.DaemonTest):
    def test_closed_ones_do_not_become_files_of_the_store(self):
        daemon = self.start(under=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"])
        brokerd.wait_until(lambda: os.path.exists(os.path.join(self.data, "store", "CURRENT")))
        for number in range(3):
            # gRPC opens an eventfd before main, and forgets it.
            opened = os.readlink(f"/proc/{daemon.process.pid}/fd/{number}")
            self.assertIn(opened, ("/dev/null", "anon_inode:[eventfd]"))
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_exit(), 0)


class Configuration(brokerd.DaemonTest):
    def test_unknown_names_are_refused_with_the_nearest_known(self):
        self.assertIn("--grpc-address", self.refuse(2, "--grpc-adress=127.0.0.1:0"))
        self.assertIn("BROKER_LOG_LEVEL", self.refuse(2, env={"BROKER_LOG_LEVLE": "debug"}))
        path = os.path.join(self.folder, "brokerd.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[cache]\ntial = '1MiB'\n")
        said = self.refuse(2, "--config", path)
        self.assertIn(f"{path}:2", said)
        self.assertIn("cache.tail", said)
        self.assertFalse(os.path.exists(self.data), "a refused configuration must start nothing")

    def test_each_problem_is_one_line(self):
        said = self.refuse(2, "--commit=never", "--log-level=loud", env={"BROKER_SHUTDOWN_GRACE": "long"})
        self.assertEqual(len(said.splitlines()), 3, said)

    def test_check_config_starts_nothing(self):
        self.assertEqual(brokerd.run(self.binary, "--check-config", "--data", self.data).returncode, 0)
        self.assertFalse(os.path.exists(self.data))
        self.assertEqual(brokerd.run(self.binary, "--check-config", "--commit=never").returncode, 2)

    def test_print_config_is_a_configuration(self):
        printed = brokerd.run(self.binary, "--print-config", env={"BROKER_LOG_LEVEL": "debug"})
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertIn('log_level = "debug"  # environment BROKER_LOG_LEVEL', printed.stdout)
        path = os.path.join(self.folder, "printed.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(printed.stdout)
        again = brokerd.run(self.binary, "--print-config", "--config", path)
        self.assertIn(f'log_level = "debug"  # file {path}:', again.stdout)

    def test_version_and_help(self):
        self.assertRegex(brokerd.run(self.binary, "--version").stdout, r"^brokerd \d+\.\d+\.\d+\n$")
        self.assertIn("--grpc-address", brokerd.run(self.binary, "--help").stdout)


if __name__ == "__main__":
    brokerd.main(__name__)
