// Where settings come from, and what is refused.
#include "broker/server/load_config.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "broker/server/settings.h"

namespace broker::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("broker_config_test_" + std::to_string(getpid()) + "_" +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& text) {
    const auto path = folder_ / "brokerd.toml";
    std::ofstream(path) << text;
    return path;
  }

  static Config Good(const std::vector<std::string>& arguments, const Environment& environment = {}) {
    auto loaded = LoadConfig(arguments, environment);
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
    return loaded.ok() ? loaded->config : Config{};
  }

  // All problems, one a line.
  static std::string Problems(const std::vector<std::string>& arguments, const Environment& environment = {}) {
    const auto loaded = LoadConfig(arguments, environment);
    EXPECT_FALSE(loaded.ok());
    std::string all;
    if (!loaded.ok()) {
      for (const auto& [where, what] : loaded.error().violations) all += where + ": " + what + "\n";
    }
    return all;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigTest, DefaultsListenOnLoopback) {
  const Config config = Good({});
  EXPECT_EQ(config.grpc_address.ToString(), "127.0.0.1:8085");
  EXPECT_EQ(config.http_address.ToString(), "127.0.0.1:4566");
  EXPECT_EQ(config.data, "data");
  EXPECT_EQ(config.clock_max_forward, std::chrono::hours(24 * 7));
}

TEST_F(ConfigTest, FlagsWinOverEnvironmentThatOverFileThatOverDefaults) {
  const std::string file = File("data = 'file'\nlog_level = 'error'\nshutdown_grace = '1s'\n");
  const Config config = Good({"--config", file, "--data=flag"},
                             {{"BROKER_DATA", "environment"}, {"BROKER_LOG_LEVEL", "debug"}});
  EXPECT_EQ(config.data, "flag");
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
  EXPECT_EQ(config.shutdown_grace, std::chrono::seconds(1));
  EXPECT_EQ(config.log_format, LogFormat::kText);
}

TEST_F(ConfigTest, TheFileCanBeNamedByTheEnvironmentAndAFlagNamesAnother) {
  const std::string file = File("data = 'here'\n");
  EXPECT_EQ(Good({}, {{"BROKER_CONFIG", file}}).data, "here");
  EXPECT_EQ(Good({"--config=" + file}, {{"BROKER_CONFIG", "/does/not/exist"}}).data, "here");
}

TEST_F(ConfigTest, WhatKubernetesSetsForAServiceCalledBrokerIsNotForUs) {
  Good({}, {{"BROKER_PORT", "tcp://10.0.0.7:8085"},
            {"BROKER_PORT_8085_TCP_ADDR", "10.0.0.7"},
            {"BROKER_SERVICE_HOST", "10.0.0.7"},
            {"BROKER_SERVICE_PORT_GRPC", "8085"}});
  for (const Setting& setting : Settings()) {
    EXPECT_FALSE(setting.Variable().starts_with("BROKER_PORT") || setting.Variable().starts_with("BROKER_SERVICE_"));
  }
}

TEST_F(ConfigTest, EverySettingCanBeGivenInAllThreeWays) {
  const std::vector<std::pair<std::string, std::string>> values{
      {"data", "/d"},          {"grpc_address", "127.0.0.1:1"}, {"http_address", "[::1]:2"}, {"insecure", "true"},
      {"log_level", "error"},  {"log_format", "json"},          {"shutdown_grace", "3s"},    {"clock_max_forward", "2d"},
      {"commit", "thread"},    {"cache.blocks", "1MiB"},        {"cache.write_buffers", "2MiB"},
      {"cache.tail", "3MiB"},  {"cache.read_ahead", "4MiB"},    {"namespaces.alias", R"({"a" = "b"})"},
      {"quotas.topics", "1"}, {"quotas.queues", "0"},          {"quotas.subscriptions", "1000000000"},
      {"quotas.snapshots", "4"}, {"quotas.running_tasks", "5"}, {"aws.public_url", "http://b:1"},
      {"aws.region", "eu-west-1"}, {"aws.strict", "false"}};
  ASSERT_EQ(values.size(), Settings().size());
  for (const auto& [key, text] : values) {
    const Setting* setting = FindSetting(key);
    ASSERT_NE(setting, nullptr) << key;
    EXPECT_NE(setting->get(Config{}), text) << key << ": give a value that is not the default";
    EXPECT_EQ(setting->get(Good({setting->Flag() + "=" + text})), text);
    // A switch takes its value only after "=": without one it is true.
    if (setting->kind != TomlKind::kBool) {
      EXPECT_EQ(setting->get(Good({setting->Flag(), text})), text);
    }
    EXPECT_EQ(setting->get(Good({}, {{setting->Variable(), text}})), text);
    const bool bare = setting->kind != TomlKind::kText;
    EXPECT_EQ(setting->get(Good({"--config", File(key + " = " + (bare ? text : "\"" + text + "\"") + "\n")})), text);
  }
}

TEST_F(ConfigTest, PrintedConfigReadsBackToTheSameAndSaysWhereValuesCameFrom) {
  const std::string file = File("log_level = 'warning'\n[namespaces]\nalias = {\"1234\" = 'default', \"*\" = 'x'}\n");
  auto loaded = LoadConfig({"--config", file, "--data", "a \"quoted\" folder"}, {{"BROKER_CACHE_TAIL", "1MiB"}});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const std::string printed = PrintConfig(*loaded);
  EXPECT_THAT(printed, AllOf(HasSubstr("log_level = \"warning\"  # file " + file + ":1\n"),
                             HasSubstr("  # flag --data\n"), HasSubstr("tail = \"1MiB\"  # environment BROKER_CACHE_TAIL"),
                             HasSubstr("commit = \"auto\"  # default\n")));
  const Config again = Good({"--config", File(printed)});
  for (const Setting& setting : Settings()) EXPECT_EQ(setting.get(again), setting.get(loaded->config)) << setting.key;
}

TEST_F(ConfigTest, UnknownNamesAreRefusedWithTheNearestKnownOne) {
  EXPECT_THAT(Problems({"--grcp-address", "x"}), HasSubstr("did you mean --grpc-address?"));
  EXPECT_THAT(Problems({}, {{"BROKER_GRPC_ADRESS", "x"}}),
              HasSubstr("environment BROKER_GRPC_ADRESS: is not known; did you mean BROKER_GRPC_ADDRESS?"));
  EXPECT_THAT(Problems({"--config", File("\n[cache]\ntails = '1MiB'\n")}),
              AllOf(HasSubstr(":3: "), HasSubstr("key cache.tails is not known; did you mean cache.tail?")));
  EXPECT_THAT(Problems({"data"}), HasSubstr("takes flags only"));
}

TEST_F(ConfigTest, ANameLikeNoneIsRefusedWithoutAGuess) {
  EXPECT_THAT(Problems({"--verbose"}), HasSubstr("--verbose: is not known; brokerd --help lists what there is"));
  EXPECT_THAT(Problems({"--config", File("[tls]\nkey = 'x'\n")}), HasSubstr("key tls.key is not known; brokerd --help"));
}

TEST_F(ConfigTest, ValuesOfAWrongTypeAreRefused) {
  for (const char* text : {"data = 5\n", "data = true\n", "log_level = ['x']\n", "shutdown_grace = 10\n"}) {
    EXPECT_THAT(Problems({"--config", File(text)}), HasSubstr(":1: ")) << text;
    EXPECT_THAT(Problems({"--config", File(text)}), HasSubstr("must be a text, in quotes")) << text;
  }
  EXPECT_THAT(Problems({"--config", File("insecure = 'yes'\n")}), HasSubstr("must be true or false"));
  for (const char* text : {"'5'", "true", "1.5"}) {
    EXPECT_THAT(Problems({"--config", File(std::string("[quotas]\ntopics = ") + text + "\n")}),
                HasSubstr("quotas.topics must be a whole number, without quotes"));
  }
  EXPECT_THAT(Problems({"--config", File("insecure = 1\n")}), HasSubstr("must be true or false"));
  EXPECT_THAT(Problems({"--config", File("[namespaces]\nalias = {a = ''}\n")}), HasSubstr("namespaces.alias.a is empty"));
  EXPECT_THAT(Problems({"--config", File("[namespaces]\nalias = {a = 1}\n")}), HasSubstr("alias.a is not a text"));
}

TEST_F(ConfigTest, VariablesOfBrokerctlAreNotOurs) {
  EXPECT_EQ(Good({}, {{"BROKER_ADDRESS", "127.0.0.1:1"}, {"BROKER_NAMESPACE", "n"}, {"PATH", "/"}}).data, "data");
}

TEST_F(ConfigTest, AllProblemsAreNamedAtOnce) {
  EXPECT_EQ(LoadConfig({"--nonsense", "--log-level=loud"}, {{"BROKER_COMMIT", "never"}}).error().violations.size(), 3u);
}

TEST_F(ConfigTest, HelpAndVersionNeedNoGoodConfiguration) {
  auto loaded = LoadConfig({"--version", "--help"}, {{"BROKER_NONSENSE", "1"}});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->action, Action::kHelp);
}

TEST_F(ConfigTest, HelpNamesEverySetting) {
  for (const Setting& setting : Settings()) EXPECT_THAT(HelpText(), HasSubstr(setting.Flag() + " "));
}

TEST_F(ConfigTest, BeyondThisMachineNeedsInsecure) {
  for (const char* address : {"0.0.0.0:1", "192.168.1.4:1", "[::]:1"}) {
    EXPECT_THAT(Problems({"--grpc-address", address}), AllOf(HasSubstr(address), HasSubstr("--insecure")));
    EXPECT_THAT(Problems({"--http-address", address}), HasSubstr("--insecure"));
    Good({"--insecure", "--grpc-address", address});
  }
  Good({"--grpc-address", "127.3.4.5:1"});
}

TEST_F(ConfigTest, OneAddressForBothIsRefusedButNotTwiceAnyFreePort) {
  EXPECT_THAT(Problems({"--http-address", "localhost:8085"}), HasSubstr("127.0.0.1:8085"));
  Good({"--http-address", "127.0.0.1:0", "--grpc-address", "127.0.0.1:0"});
}

TEST_F(ConfigTest, FilesThatCannotBeReadAreNamed) {
  EXPECT_THAT(Problems({"--config", "/does/not/exist.toml"}), HasSubstr("/does/not/exist.toml: No such file"));
  EXPECT_THAT(Problems({"--config", folder_.string()}), HasSubstr("Is a directory"));
  EXPECT_THAT(Problems({"--config", File("data = \n")}), HasSubstr("brokerd.toml:1: "));
  EXPECT_EQ(Good({"--config", File("")}).data, "data");
}

struct BadValueCase {
  const char* flag;
  const char* says;
};
class BadValueTest : public ::testing::TestWithParam<BadValueCase> {};

TEST_P(BadValueTest, IsRefusedNamingFlagAndReason) {
  const auto loaded = LoadConfig({GetParam().flag}, {});
  ASSERT_FALSE(loaded.ok()) << GetParam().flag;
  const std::string flag = std::string(GetParam().flag).substr(0, std::string(GetParam().flag).find('='));
  EXPECT_THAT(loaded.error().message, AllOf(HasSubstr("flag " + flag), HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadValueTest,
    ::testing::Values(BadValueCase{"--grpc-address=127.0.0.1", "the port is missing"},
                      BadValueCase{"--grpc-address=127.0.0.1:65536", "0 to 65535"},
                      BadValueCase{"--grpc-address=127.0.0.1:-1", "0 to 65535"},
                      BadValueCase{"--grpc-address=127.0.0.1:80x", "0 to 65535"},
                      BadValueCase{"--grpc-address=:80", "the host is missing"},
                      BadValueCase{"--grpc-address=example.org:80", "IP address or localhost"},
                      BadValueCase{"--grpc-address=::1:80", "brackets"},
                      BadValueCase{"--grpc-address=[::z]:80", "IPv6"},
                      BadValueCase{"--shutdown-grace=5", "unit is missing"},
                      BadValueCase{"--shutdown-grace=-5s", "negative"},
                      BadValueCase{"--shutdown-grace=2h", "more than 1h"},
                      BadValueCase{"--clock-max-forward=400d", "more than 365d"},
                      BadValueCase{"--cache-tail=1KiB", "between 1MiB"},
                      BadValueCase{"--cache-tail=64MB", "not a size"},
                      BadValueCase{"--cache-tail=99999999999GiB", "not a size"},
                      BadValueCase{"--cache-tail=-1", "not a size"},
                      BadValueCase{"--quotas-topics=many", "not a whole number"},
                      BadValueCase{"--quotas-topics=-1", "not a whole number"},
                      BadValueCase{"--quotas-topics=1k", "not a whole number"},
                      BadValueCase{"--quotas-topics=1000000001", "more than 1000000000"},
                      BadValueCase{"--commit=maybe", "auto, inline, thread"},
                      BadValueCase{"--log-level=loud", "debug, info, warning, error"},
                      BadValueCase{"--insecure=yes", "neither true nor false"},
                      BadValueCase{"--data=", "empty"},
                      BadValueCase{"--data", "its value is missing"},
                      BadValueCase{"--namespaces-alias=a", "not KEY=VALUE"},
                      BadValueCase{"--namespaces-alias=a=b,a=c", "twice"},
                      BadValueCase{"--namespaces-alias=a=b c", "b c"},
                      BadValueCase{"--namespaces-alias={a=b", "closing brace"}));

TEST(ConfigMapTest, AliasesAreReadInAnyUsualForm) {
  for (const char* text : {"1234=default,*=x", R"({"1234"="default", "*"="x"})", R"({"1234": "default", "*": "x"})"}) {
    const auto loaded = LoadConfig({std::string("--namespaces-alias=") + text}, {});
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_THAT(loaded->config.namespace_alias,
                ::testing::ElementsAre(::testing::Pair("*", "x"), ::testing::Pair("1234", "default")));
  }
}

}  // namespace
}  // namespace broker::server
