"""Shows that each check of the house can fail: a small tree is planted with one fault, and the check must name it."""

import os
import tempfile
import unittest

import check_layers
import check_size
import check_tests_listed
import check_time
import check_words


class PlantedTree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def plant(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def assert_names(self, problems, *parts):
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])


class Layers(PlantedTree):
    def test_a_lower_layer_may_not_include_a_higher_one(self):
        self.plant("broker/engine/engine.h", "")
        self.plant("broker/model/names.cc", '#include "broker/engine/engine.h"\n')
        self.assert_names(check_layers.check(self.root), "broker/model/names.cc", "may not use broker/engine")

    def test_what_the_table_allows_passes(self):
        self.plant("broker/model/names.h", "#include <string>\n")
        self.plant("broker/engine/engine.cc",
                   '#include <vector>\n#include "broker/model/names.h"\n#include "broker/storage/v0/records.pb.h"\n')
        self.assertEqual(check_layers.check(self.root), [])

    def test_durable_records_are_not_for_faces(self):
        self.plant("broker/native/face.cc", '#include "broker/storage/v0/records.pb.h"\n')
        self.assert_names(check_layers.check(self.root), "may not use proto/storage")

    def test_the_command_line_knows_no_engine(self):
        self.plant("broker/engine/commands.h", "")
        self.plant("cli/main.cc", '#include "broker/engine/commands.h"\n')
        self.assert_names(check_layers.check(self.root), "layer cli may not use broker/engine")

    def test_a_package_belongs_to_some_layers_only(self):
        self.plant("broker/engine/engine.cc", "#include <rocksdb/db.h>\n")
        self.assert_names(check_layers.check(self.root), "may not use package rocksdb")
        self.plant("broker/engine/engine.cc", "#include <grpcpp/grpcpp.h>\n")
        self.assert_names(check_layers.check(self.root), "may not use package grpc")

    def test_a_package_can_be_confined_to_files(self):
        self.plant("storage/kv.h", "#include <rocksdb/db.h>\n")
        self.assert_names(check_layers.check(self.root), "confined")
        self.plant("broker/server/daemon.cc", "#include <boost/beast/core.hpp>\n")
        self.assertEqual(len(check_layers.check(self.root)), 2)

    def test_a_header_can_be_private_to_its_layer(self):
        self.plant("storage/rocksdb_kv.h", "#include <rocksdb/db.h>\n")
        self.plant("broker/engine/engine.cc", '#include "storage/rocksdb_kv.h"\n')
        self.assert_names(check_layers.check(self.root), "broker/engine/engine.cc", "private to storage")

    def test_standard_headers_can_be_forbidden(self):
        self.plant("broker/engine/engine.cc", "#include <mutex>\n")
        self.assert_names(check_layers.check(self.root), "may not use <mutex>")

    def test_a_folder_outside_the_table_is_refused(self):
        self.plant("broker/extras/extra.cc", "int x;\n")
        self.assert_names(check_layers.check(self.root), "broker/extras/extra.cc", "no folder of the layer table")

    def test_an_unknown_header_is_refused(self):
        self.plant("broker/base/x.cc", "#include <leftpad/leftpad.h>\n")
        self.assert_names(check_layers.check(self.root), "leftpad/leftpad.h")

    def test_an_include_in_a_comment_does_not_count(self):
        self.plant("broker/base/x.cc", "/*\n#include <rocksdb/db.h>\n*/\n// #include <grpc/grpc.h>\n")
        self.assertEqual(check_layers.check(self.root), [])


class Words(PlantedTree):
    def test_protocol_words_are_found_in_code_comments_and_identifiers(self):
        for text in ("// as SQS does\n", "int aws_account;\n", "class SnsTopic {};\n", "auto receiptHandle = 1;\n",
                     "// Pub/Sub\n", "PubSubName x;\n", "// the receipt handle\n", "HTTPServer s;\n", "bool is_fifo;\n",
                     "std::string arn;\n", "google::rpc::Status s;\n", "// over gRPC\n"):
            with self.subTest(text):
                self.plant("storage/x.h", text)
                self.assertEqual(len(check_words.check(self.root)), 1)

    def test_own_words_pass(self):
        self.plant("broker/engine/x.h", "// learn, warning, awkward, pub, subscription, receipt\nint publish_subtotal;\n"
                                        "#include <google/protobuf/message.h>\nusing google::protobuf::Message;\n")
        self.assertEqual(check_words.check(self.root), [])

    def test_faces_may_say_them(self):
        self.plant("broker/aws/x.h", "// SQS\n")
        self.assertEqual(check_words.check(self.root), [])

    def test_the_line_is_named(self):
        self.plant("broker/model/x.h", "\n\nint sqs;\n")
        self.assert_names(check_words.check(self.root), "broker/model/x.h:3", "'sqs'")


class TimeAndChance(PlantedTree):
    def test_each_way_to_ask_the_system_is_found(self):
        for text in ("std::chrono::system_clock::now();", "steady_clock :: now();", "std::this_thread::sleep_for(x);",
                     "int r = rand();", "std::random_device d;", "::time(nullptr);", "usleep(5);", "srand(1);"):
            with self.subTest(text):
                self.plant("broker/engine/x.cc", text + "\n")
                self.assertEqual(len(check_time.check(self.root)), 1)

    def test_base_is_where_it_belongs_and_comments_are_not_code(self):
        self.plant("broker/base/clock.cc", "return std::chrono::system_clock::now();\n")
        self.plant("broker/engine/x.cc", "// not system_clock::now()\nauto operand(int); x.rand();\n")
        self.assertEqual(check_time.check(self.root), [])

    def test_a_test_may_not_sleep(self):
        self.plant("tests/engine/x_test.cc", "std::this_thread::sleep_for(1s);\n")
        self.assertEqual(len(check_time.check(self.root)), 1)
        self.plant("tests/server/x_test.py", "time.sleep(1)\n")
        self.assertEqual(len(check_time.check(self.root)), 2)


class Listed(PlantedTree):
    def test_a_forgotten_test_is_found(self):
        self.plant("tests/engine/CMakeLists.txt", "broker_test(a SOURCES a_test.cc)  # b_test.cc\n")
        self.plant("tests/engine/a_test.cc", "")
        self.plant("tests/engine/b_test.cc", "")
        self.plant("tests/server/stop_test.py", "")
        problems = check_tests_listed.check(self.root)
        self.assertEqual(len(problems), 2, problems)
        self.assertIn("b_test.cc", problems[0])
        self.assertIn("stop_test.py", problems[1])

    def test_a_listing_above_the_folder_counts(self):
        self.plant("tests/CMakeLists.txt", "broker_test(a SOURCES\n  deep/a_test.cc)\n")
        self.plant("tests/deep/a_test.cc", "")
        self.assertEqual(check_tests_listed.check(self.root), [])


class Size(PlantedTree):
    def test_a_long_file_is_refused_and_a_questionable_one_is_not(self):
        self.plant("broker/engine/long.cc", "\n" * 601)
        self.plant("broker/engine/questionable.cc", "\n" * 450)
        self.assert_names(check_size.check(self.root), "long.cc", "601")


if __name__ == "__main__":
    unittest.main()
