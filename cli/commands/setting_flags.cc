#include "cli/commands/setting_flags.h"

#include <fmt/format.h>

#include <limits>

namespace broker::cli {

void LabelFlags::Declare(Declaration& declare, bool for_update) {
  for_update_ = for_update;
  declare.Option("--label", texts_,
                 for_update ? "A note for people, repeatable; KEY= takes one away" : "A note for people, repeatable",
                 "KEY=VALUE");
}

Status LabelFlags::Apply(const ProtoTexts& present, ProtoTexts& labels, std::vector<std::string>& mask) const {
  if (!given()) return {};
  labels = present;
  for (const std::string& text : texts_) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidField("--label", fmt::format("\"{}\" is no label; write KEY=VALUE", text));
    }
    const std::string key = text.substr(0, equals);
    const std::string value = text.substr(equals + 1);
    if (for_update_ && value.empty()) {
      labels.erase(key);
    } else {
      labels[key] = value;
    }
  }
  mask.push_back("labels");
  return {};
}

void BoundsFlags::Declare(Declaration& declare) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  declare.Number("--max-messages", max_messages_, 0, kMost, "How many messages it may hold; 0: no bound (the default)");
  declare.Size("--max-bytes", max_bytes_, kMost, "How many bytes it may hold, e.g. 64MiB; 0: no bound (the default)");
  declare.Choice("--overflow", overflow_, {"refuse", "drop-oldest"},
                 "What a full queue does: refuse the publish (the default), or drop its oldest message");
}

void BoundsFlags::Apply(const v1::Bounds& present, v1::Queue& queue, std::vector<std::string>& mask) const {
  if (!given()) return;
  v1::Bounds& bounds = *queue.mutable_bounds();
  bounds = present;
  if (max_messages_) bounds.set_max_messages(*max_messages_);
  if (max_bytes_) bounds.set_max_bytes(*max_bytes_);
  if (!overflow_.empty()) {
    bounds.set_overflow(overflow_ == "drop-oldest" ? v1::Bounds::DROP_OLDEST : v1::Bounds::REFUSE);
  }
  mask.push_back("bounds");
}

void AccessFlag::Declare(Declaration& declare) {
  declare.Option("--accept-dead-letters-from", sources_,
                 "Who may name it in --dead-letter: all (the default), none, or sources, repeatable",
                 "all|none|QUEUE|subscription/NAME", {Names::kQueues, {"all", "none"}});
}

void AccessFlag::Apply(v1::Queue& queue, std::vector<std::string>& mask) const {
  if (sources_.empty()) return;
  v1::DeadLetterAccess& access = *queue.mutable_dead_letter_access();
  if (sources_.size() == 1 && sources_.front() == "all") {
    access.set_kind(v1::DeadLetterAccess::ALL);
  } else if (sources_.size() == 1 && sources_.front() == "none") {
    access.set_kind(v1::DeadLetterAccess::NONE);
  } else {
    access.set_kind(v1::DeadLetterAccess::LISTED);
    for (const std::string& source : sources_) access.add_sources(source);
  }
  mask.push_back("dead_letter_access");
}

void OptionalDuration::Declare(Declaration& declare, const std::string& word, const std::string& description,
                               bool for_update) {
  auto* value = declare.Duration("--" + word, value_, description);
  if (for_update) declare.Flag("--no-" + word, none_, "Take it away")->excludes(value);
}

}  // namespace broker::cli
