#include "cli/connection.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/contexts.h"
#include "tests/cli/fake_terminal.h"
#include "tests/cli/temp_folder.h"

namespace broker::cli {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    terminal_.env["XDG_CONFIG_HOME"] = folder_.path();
    path_ = *ContextFilePath(terminal_);
  }
  void Save(const ContextFile& file) {
    const auto status = WriteContextFile(path_, file);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  void SaveText(const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
    std::ofstream(path_) << text;
  }
  static std::ptrdiff_t FilesBeside(const std::string& path) {  // with itself
    return std::distance(std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()), {});
  }
  Connection Resolve(const ConnectionFlags& flags = {}) {
    auto connection = ResolveConnection(flags, terminal_);
    EXPECT_TRUE(connection.ok()) << connection.error().message;
    return connection.ok() ? *connection : Connection{};
  }

  TempFolder folder_;
  FakeTerminal terminal_;
  std::string path_;
};

TEST_F(ConnectionTest, WithoutAnythingIsTheDefault) {
  EXPECT_EQ(Resolve(), (Connection{"127.0.0.1:8085", "default", "the default"}));
}

TEST_F(ConnectionTest, TheCurrentContextBeatsTheDefault) {
  Save({"local", {{"local", {"h:1", "ns1"}}, {"other", {"h:2", std::nullopt}}}});
  EXPECT_EQ(Resolve(), (Connection{"h:1", "ns1", "context local"}));
}

TEST_F(ConnectionTest, TheEnvironmentBeatsTheCurrentContextOnePartAtATime) {
  Save({"local", {{"local", {"h:1", "ns1"}}}});
  terminal_.env["BROKER_ADDRESS"] = "h:9";
  EXPECT_EQ(Resolve(), (Connection{"h:9", "ns1", "BROKER_ADDRESS"}));
  terminal_.env["BROKER_NAMESPACE"] = "ns9";
  EXPECT_EQ(Resolve(), (Connection{"h:9", "ns9", "BROKER_ADDRESS"}));
}

TEST_F(ConnectionTest, ANamedContextBeatsTheEnvironment) {
  Save({"local", {{"local", {"h:1", "ns1"}}, {"other", {"h:2", std::nullopt}}}});
  terminal_.env["BROKER_ADDRESS"] = "h:9";
  EXPECT_EQ(Resolve({.context = "other"}), (Connection{"h:2", "default", "context other"}));
}

TEST_F(ConnectionTest, FlagsBeatEverything) {
  Save({"local", {{"local", {"h:1", "ns1"}}}});
  terminal_.env["BROKER_ADDRESS"] = "h:9";
  EXPECT_EQ(Resolve({"h:3", "ns3", "local"}), (Connection{"h:3", "ns3", "--address"}));
}

TEST_F(ConnectionTest, AnAddressWithoutAPortMeansTheDefaultOne) {
  EXPECT_EQ(Resolve({.address = "broker.example"}).address, "broker.example:8085");
  EXPECT_EQ(Resolve({.address = "[::1]"}).address, "[::1]:8085");
  EXPECT_EQ(Resolve({.address = "[::1]:9"}).address, "[::1]:9");
  EXPECT_EQ(Resolve({.address = "unix:/run/broker"}).address, "unix:/run/broker");
}

TEST_F(ConnectionTest, WhatIsNoAddressOrNamespaceIsRefusedInTheNameOfWhoSaysIt) {
  const auto refused = [this](const ConnectionFlags& flags, const std::string& words) {
    const auto connection = ResolveConnection(flags, terminal_);
    ASSERT_FALSE(connection.ok()) << words;
    EXPECT_EQ(connection.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(connection.error().message.starts_with(words)) << connection.error().message;
  };
  refused({.address = "h:abc"}, "--address: \"h:abc\" is no address: its port is not 1 to 65535; write HOST:PORT");
  refused({.name_space = "a b"}, "--namespace: \"a b\" is no namespace: 1 to 255 letters");
  Save({"c.name", {{"c.name", {"h:0", "n\"s"}}}});
  refused({}, "context c.name: \"h:0\"");
  refused({.address = "h:1"}, "context c.name: \"n\"s\"");
  terminal_.env["BROKER_NAMESPACE"] = "a/b";
  refused({.address = "h:1"}, "BROKER_NAMESPACE: \"a/b\"");
  terminal_.env["BROKER_ADDRESS"] = "x y";
  refused({}, "BROKER_ADDRESS: \"x y\"");
  EXPECT_EQ(Resolve({.address = "h:1", .name_space = "n"}).address, "h:1") << "only what is used is looked at";
}

TEST_F(ConnectionTest, TheEnvironmentCanNameAContext) {
  Save({"local", {{"local", {"h:1", "ns1"}}, {"other", {"h:2", "ns2"}}}});
  terminal_.env["BROKER_CONTEXT"] = "other";
  EXPECT_EQ(Resolve(), (Connection{"h:2", "ns2", "context other"}));
}

TEST_F(ConnectionTest, AnUnknownContextIsRefusedWithTheKnownOnes) {
  Save({"", {{"local", {"h:1", "ns1"}}}});
  const auto connection = ResolveConnection({.context = "prod"}, terminal_);
  ASSERT_FALSE(connection.ok());
  EXPECT_EQ(connection.error().code, ErrorCode::kNotFound);
  EXPECT_NE(connection.error().message.find("prod"), std::string::npos);
  EXPECT_NE(connection.error().message.find("local"), std::string::npos);
}

TEST_F(ConnectionTest, ABrokenFileIsRefusedUnlessFlagsSayItAll) {
  SaveText("current = [");
  EXPECT_FALSE(ResolveConnection({}, terminal_).ok());
  EXPECT_EQ(Resolve({"h:3", "ns3", ""}), (Connection{"h:3", "ns3", "--address"}));
}

TEST_F(ConnectionTest, AFileThatCannotBeReachedIsNoAbsentFile) {
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  std::filesystem::create_symlink(folder, folder);  // as a folder that may not be entered, also for root
  const auto connection = ResolveConnection({}, terminal_);
  ASSERT_FALSE(connection.ok());
  EXPECT_NE(connection.error().message.find("cannot read " + path_), std::string::npos) << connection.error().message;
  EXPECT_EQ(Resolve({"h:3", "ns3", ""}), (Connection{"h:3", "ns3", "--address"}));
}

TEST_F(ConnectionTest, AFolderInPlaceOfTheFileIsRefusedAndLeftAlone) {
  std::filesystem::create_directories(path_);
  const auto connection = ResolveConnection({}, terminal_);
  ASSERT_FALSE(connection.ok());
  EXPECT_NE(connection.error().message.find("cannot read " + path_), std::string::npos) << connection.error().message;
  EXPECT_FALSE(WriteContextFile(path_, {}).ok());
  EXPECT_EQ(FilesBeside(path_), 1) << "a draft was left behind";
}

TEST_F(ConnectionTest, AFileInPlaceOfTheFolderHoldsNoContexts) {
  terminal_.env["XDG_CONFIG_HOME"] = "/dev/null";
  EXPECT_EQ(Resolve(), (Connection{"127.0.0.1:8085", "default", "the default"}));
}

TEST_F(ConnectionTest, AFileRoundTrips) {
  const ContextFile file{"a.b", {{"a.b", {"h:1", std::nullopt}}, {"c", {std::nullopt, "n\"s"}}, {"d", {}}}};
  Save(file);
  const auto read = ReadContextFile(path_);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, file);
  EXPECT_EQ(FilesBeside(path_), 1) << "a draft was left behind";
}

TEST_F(ConnectionTest, UnknownKeysAndWrongTypesAreNamed) {
  for (const auto& [text, word] :
       std::map<std::string, std::string>{{"adress = \"x\"", "adress"},
                                          {"current = 1", "current"},
                                          {"[contexts.a]\nadress = \"x\"", "contexts.a.adress"},
                                          {"[contexts.a]\naddress = 1", "contexts.a.address"},
                                          {"contexts = 1", "contexts"},
                                          {"[contexts]\na = 1", "contexts.a"},
                                          {"x = = 1", "line 1"}}) {
    SaveText(text);
    const auto read = ReadContextFile(path_);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_NE(read.error().message.find(word), std::string::npos) << read.error().message;
    EXPECT_NE(read.error().message.find(path_), std::string::npos) << read.error().message;
  }
}

TEST(Addresses, AreAHostAndAPort) {
  for (const char* good : {"h", "h:1", "broker.example:65535", "127.0.0.1:8085", "[::1]", "[fe80::1%eth0]:8085",
                           "unix:/run/broker", "dns:///h:1"}) {
    EXPECT_TRUE(CheckAddress("--address", good).ok()) << good;
  }
  for (const char* bad :
       {"",     ":1",   "h:",        "h:0",     "h:65536", "h:99999", "h:abc",      "h:-1",  "h:1:2", "::1",
        "[::1", "[]:1", "[::1]8085", "[::1]:x", "x y",     "x y:1",   "http://h:1", "u@h:1", "h/p",   "h:1/p"}) {
    const Status status = CheckAddress("--address", bad);
    ASSERT_FALSE(status.ok()) << bad;
    EXPECT_NE(status.error().message.find(std::string("\"") + bad + "\""), std::string::npos);
  }
}

TEST(Namespaces, AreNames) {
  EXPECT_TRUE(CheckNamespace("--namespace", "shop-1.eu_~+%").ok());
  EXPECT_TRUE(CheckNamespace("--namespace", std::string(255, 'n')).ok());
  EXPECT_FALSE(CheckNamespace("--namespace", std::string(256, 'n')).ok());
  for (const char* bad : {"", "bad ns", "a/b", "\xc3\xa9"})
    EXPECT_FALSE(CheckNamespace("--namespace", bad).ok()) << bad;
}

TEST(ContextNames, AreChecked) {
  EXPECT_TRUE(CheckContextName("prod-eu.1").ok());
  EXPECT_FALSE(CheckContextName("").ok());
  EXPECT_FALSE(CheckContextName("a b").ok());
  EXPECT_FALSE(CheckContextName(std::string(65, 'a')).ok());
}

TEST(ContextPath, FollowsTheEnvironment) {
  FakeTerminal terminal;
  EXPECT_EQ(ContextFilePath(terminal), std::nullopt);
  terminal.env["HOME"] = "/home/u";
  EXPECT_EQ(ContextFilePath(terminal), "/home/u/.config/brokerctl/config.toml");
  terminal.env["XDG_CONFIG_HOME"] = "/x";
  EXPECT_EQ(ContextFilePath(terminal), "/x/brokerctl/config.toml");
}

}  // namespace
}  // namespace broker::cli
