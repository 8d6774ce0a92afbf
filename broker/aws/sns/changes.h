// How actions change a topic, and when they tell what they saw. Of the strand.
#pragma once

#include <functional>
#include <utility>

#include "broker/aws/action.h"
#include "broker/aws/sns/place.h"
#include "broker/model/settings.h"

namespace broker::aws::sns {

using Finished = std::function<void(Result<void, Refusal>)>;

// Answers `output` when that went well.
template <class Output>
Finished Then(Done<Output> done, Output output = {}) {
  return [done = std::move(done), output = std::move(output)](Result<void, Refusal> result) {
    if (!result.ok()) return done(std::move(result).error());
    done(output);
  };
}

// Changes the settings of a topic as `change` says, which may refuse; `finished` when that is durable. Nothing comes
// between reading and changing. `missing` refuses for a topic that is not there.
using Change = std::function<Result<void, Refusal>(model::TopicSettings&)>;
void ChangeTopic(const Backend& backend, const TopicPlace& topic, const Change& change, Finished finished,
                 Refusal missing = NoSuchTopic());

// Runs `tell` when all that was looked up until now is durable.
void WhenDurable(const Backend& backend, const TopicPlace& topic, std::function<void()> tell);

}  // namespace broker::aws::sns
