#include "broker/native/request_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "broker/native/dead_letter_page.h"
#include "broker/native/receive_call.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

template <class Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// ---- publish

TEST(PublishPlans, KeepWrongEntriesApart) {
  auto request = Parse<v1::PublishRequest>(
      "target: 'queue/q' messages { body: 'a' } messages { delay { seconds: -1 } } messages { body: 'c' }");
  const auto plan = TakePublish(request);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->request.target.kind, model::ResourceKind::kQueue);
  ASSERT_EQ(plan->request.entries.size(), 2u);
  EXPECT_EQ(plan->request.entries[1].content.body, "c");

  engine::PublishResponse response;
  response.results.push_back(engine::Published{{model::LogId(1), model::Sequence(1)}, false});
  response.results.push_back(Error(ErrorCode::kInvalidArgument, "INVALID_FIELD", "too large"));
  response.subscriptions = 3;
  v1::PublishResponse out;
  ToProto(plan->refusals, response, &out);
  ASSERT_EQ(out.results_size(), 3);
  EXPECT_EQ(out.results(0).id(), "1-1");
  EXPECT_NE(out.results(1).error().message().find("messages[1].delay"), std::string::npos);
  EXPECT_EQ(out.results(2).error().message(), "too large");
  EXPECT_EQ(out.subscriptions(), 3u);
}

TEST(PublishPlans, AllOrNothingRefusesAll) {
  auto request = Parse<v1::PublishRequest>(
      "target: 'q' all_or_nothing: true messages { body: 'a' } messages { delay { seconds: -1 } }");
  const auto plan = TakePublish(request);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().violations[0].field, "messages[1].delay");
}

TEST(PublishPlans, HaveOneToAThousandMessages) {
  v1::PublishRequest request;
  request.set_target("q");
  EXPECT_EQ(TakePublish(request).error().violations[0].field, "messages");
  for (int i = 0; i < 1'000; ++i) request.add_messages();
  EXPECT_TRUE(TakePublish(request).ok());
  request.add_messages();
  EXPECT_EQ(TakePublish(request).error().violations[0].field, "messages");
}

class WrongTarget : public testing::TestWithParam<const char*> {};
TEST_P(WrongTarget, IsRefusedByField) {
  v1::PublishRequest request;
  request.set_target(GetParam());
  request.add_messages();
  ASSERT_FALSE(TakePublish(request).ok());
  EXPECT_EQ(TakePublish(request).error().violations[0].field, "target");
}
INSTANTIATE_TEST_SUITE_P(All, WrongTarget, testing::Values("", "a b", "box/a", "queue/", "queue/a/b", "/a", "\n"));

// ---- settle

TEST(SettlePlans, ANackWithoutABackoffLeavesItToTheSource) {
  auto request = Parse<v1::NackRequest>("entries { receipt: 'a' } entries { receipt: 'b' backoff {} }");
  SeenReceipts seen;
  const auto nacks = TakeNacks(*request.mutable_entries(), seen);
  ASSERT_EQ(nacks.entries.size(), 2u);
  EXPECT_EQ(nacks.entries[0].backoff, std::nullopt);
  EXPECT_EQ(nacks.entries[1].backoff, 0s);
}

TEST(SettlePlans, ASecondUseOfAReceiptIsRefused) {
  auto request = Parse<v1::ConsumeRequest>(
      "acks: 'a' acks: 'b' acks: 'a' nacks { receipt: 'b' } nacks { receipt: 'c' reason: 'r' backoff { seconds: 2 } }");
  SeenReceipts seen;
  const auto acks = TakeAcks(*request.mutable_acks(), seen);
  const auto nacks = TakeNacks(*request.mutable_nacks(), seen);
  EXPECT_THAT(acks.entries, ElementsAre("a", "b"));
  ASSERT_EQ(nacks.entries.size(), 1u);
  EXPECT_EQ(nacks.entries[0].receipt, "c");
  EXPECT_EQ(nacks.entries[0].reason, "r");
  EXPECT_EQ(nacks.entries[0].backoff, 2s);
  ASSERT_TRUE(acks.refusals[2] && nacks.refusals[0]);
  EXPECT_EQ(acks.refusals[2]->reason, "DUPLICATE_ENTRY");

  google::protobuf::RepeatedPtrField<v1::SettleResult> out;
  ToProto(acks.refusals, {Status(), Status(Error(ErrorCode::kInvalidReceipt, "INVALID_RECEIPT", "no"))}, &out);
  ASSERT_EQ(out.size(), 3);
  EXPECT_FALSE(out[0].has_error());
  EXPECT_EQ(out[1].error().reason(), "INVALID_RECEIPT");
  EXPECT_EQ(out[2].error().reason(), "DUPLICATE_ENTRY");
}

class WrongBackoff : public testing::TestWithParam<const char*> {};
TEST_P(WrongBackoff, FailsItsEntryAlone) {
  auto request = Parse<v1::NackRequest>(std::string("entries { receipt: 'a' backoff { ") + GetParam() +
                                        " } } entries { receipt: 'b' }");
  SeenReceipts seen;
  const auto plan = TakeNacks(*request.mutable_entries(), seen);
  EXPECT_EQ(plan.entries.size(), 1u);
  ASSERT_TRUE(plan.refusals[0]);
  EXPECT_EQ(plan.refusals[0]->code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(plan.refusals[1]);
}
INSTANTIATE_TEST_SUITE_P(All, WrongBackoff,
                         testing::Values("seconds: -1", "seconds: 43201", "nanos: -1", "seconds: 9223372036854775807"));

TEST(SettlePlans, AnExtensionNeedsItsTimeout) {
  auto request = Parse<v1::ExtendRequest>(
      "entries { receipt: 'a' } entries { receipt: 'b' visibility_timeout {} } "
      "entries { receipt: 'c' visibility_timeout { seconds: 43200 } } "
      "entries { receipt: 'd' visibility_timeout { seconds: 43200 nanos: 1 } }");
  SeenReceipts seen;
  const auto plan = TakeExtends(*request.mutable_entries(), seen);
  ASSERT_EQ(plan.entries.size(), 2u);
  EXPECT_EQ(plan.entries[0].visibility_timeout, 0s);
  EXPECT_EQ(plan.entries[1].visibility_timeout, 12h);
  EXPECT_TRUE(plan.refusals[0] && plan.refusals[3]);
}

TEST(SettlePlans, HaveOneToAThousandEntries) {
  EXPECT_FALSE(CheckSettleCount("receipts", 0).ok());
  EXPECT_TRUE(CheckSettleCount("receipts", 1).ok());
  EXPECT_TRUE(CheckSettleCount("receipts", 1'000).ok());
  EXPECT_FALSE(CheckSettleCount("receipts", 1'001).ok());
}

// ---- receive and consume

TEST(Receives, HaveDefaults) {
  const auto receive = ToReceive(Parse<v1::ReceiveRequest>("source: 'q'"));
  ASSERT_TRUE(receive.ok());
  EXPECT_EQ(receive->max_messages, 1u);
  EXPECT_EQ(receive->max_bytes, kDefaultReceiveBytes);
  EXPECT_EQ(receive->wait, 0s);
  EXPECT_FALSE(receive->visibility_timeout);
}

struct Wrong {
  std::string text;
  const char* field;
};
class WrongReceive : public testing::TestWithParam<Wrong> {};
TEST_P(WrongReceive, IsRefusedByField) {
  const auto receive = ToReceive(Parse<v1::ReceiveRequest>(GetParam().text));
  ASSERT_FALSE(receive.ok());
  EXPECT_EQ(receive.error().violations[0].field, GetParam().field);
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongReceive,
    testing::Values(Wrong{"source: ''", "source"}, Wrong{"source: 'q' max_messages: 1001", "max_messages"},
                    Wrong{"source: 'q' max_bytes: 67108865", "max_bytes"},
                    Wrong{"source: 'q' wait { seconds: -1 }", "wait"},
                    Wrong{"source: 'q' wait { seconds: 3601 }", "wait"},
                    Wrong{"source: 'q' visibility_timeout { seconds: 43201 }", "visibility_timeout"},
                    Wrong{"source: 'q' visibility_timeout { seconds: 99999999999 }", "visibility_timeout"},
                    Wrong{"source: 'q' consumer: '" + std::string(257, 'c') + "'", "consumer"}));

TEST(ConsumeOpenings, HaveDefaults) {
  const auto limits = ToLimits(Parse<v1::ConsumeOpen>("source: 'subscription/s'"));
  ASSERT_TRUE(limits.ok());
  EXPECT_EQ(limits->messages, kDefaultOutstandingMessages);
  EXPECT_EQ(limits->bytes, kDefaultOutstandingBytes);
}

class WrongOpening : public testing::TestWithParam<Wrong> {};
TEST_P(WrongOpening, IsRefusedByField) {
  const auto limits = ToLimits(Parse<v1::ConsumeOpen>(GetParam().text));
  ASSERT_FALSE(limits.ok());
  EXPECT_EQ(limits.error().violations[0].field, GetParam().field);
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongOpening,
    testing::Values(Wrong{"source: '?'", "open.source"},
                    Wrong{"source: 'q' max_outstanding_messages: 100001", "open.max_outstanding_messages"},
                    Wrong{"source: 'q' max_outstanding_bytes: 1073741825", "open.max_outstanding_bytes"},
                    Wrong{"source: 'q' visibility_timeout { seconds: -1 }", "open.visibility_timeout"},
                    Wrong{"source: 'q' consumer: '" + std::string(257, 'c') + "'", "open.consumer"}));

struct Waiting {
  Nanos wait;
  Nanos left;
  std::optional<Nanos> expected;
};
class ReceiveWaits : public testing::TestWithParam<Waiting> {};
TEST_P(ReceiveWaits, EndALittleBeforeTheClientsDeadline) {
  EXPECT_EQ(WaitWithin(GetParam().wait, GetParam().left), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(All, ReceiveWaits,
                         testing::Values(Waiting{5s, Nanos::max(), 5s},  // no deadline
                                         Waiting{5s, 60s, 5s},           // far away
                                         Waiting{60s, 60s, 59500ms},     // at most half a second earlier
                                         Waiting{60s, 1s, 900ms},        // a tenth
                                         Waiting{60s, 100ms, 80ms},      // at least 20 ms
                                         Waiting{60s, 10ms, 0s},         // only what is ready now
                                         Waiting{0s, 60s, 0s},           //
                                         Waiting{5s, 0s, std::nullopt},  // too late
                                         Waiting{5s, -1s, std::nullopt}));

// ---- pages

TEST(Pages, HaveAtMostAThousandItems) {
  EXPECT_EQ(ToList("p", 0, "t")->page_size, 100u);
  EXPECT_EQ(ToList("p", 1'000, "t")->page_size, 1'000u);
  EXPECT_EQ(ToList("p", 1'001, "t").error().violations[0].field, "page_size");
  EXPECT_EQ(ToPeek(Parse<v1::PeekRequest>("source: 'q'"))->page_size, 10u);
  EXPECT_FALSE(ToPeek(Parse<v1::PeekRequest>("source: 'q' page_size: 1001")).ok());
  EXPECT_FALSE(ToPeek(Parse<v1::PeekRequest>("source: 'q' state: 77")).ok());
}

TEST(DeadLetterPages, GoOnWhereTheyStopped) {
  EXPECT_EQ(DeadLetterPlace::Parse("").value().state, 0u);
  const auto place = DeadLetterPlace::Parse(DeadLetterPlace{2, "5.77"}.ToString());
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->state, 2u);
  EXPECT_EQ(place->token, "5.77");
  for (const char* text : {"x", "4.", "2", ".", "-1.", "99999999999999999999."}) {
    EXPECT_FALSE(DeadLetterPlace::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace broker::native
