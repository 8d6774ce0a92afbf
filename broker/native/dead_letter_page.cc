#include "broker/native/dead_letter_page.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "broker/model/validation.h"
#include "broker/native/message_codec.h"
#include "broker/native/request_codec.h"

namespace broker::native {
namespace {

constexpr std::array kStates{engine::MessageState::kLeased, engine::MessageState::kRetrying,
                             engine::MessageState::kReady, engine::MessageState::kDelayed};

// A page of the engine ends at a few MiB by itself; a second one is added only to a small first.
constexpr std::uint64_t kGoOnBelowBytes = 256u << 10;

// Shared with the callback of the look that is under way.
class Lister : public std::enable_shared_from_this<Lister> {
 public:
  Lister(engine::Engine& engine, engine::Caller caller, std::string queue, std::size_t page_size, DeadLetterPlace place,
         Answer<v1::ListDeadLettersResponse> answer)
      : engine_(engine),
        caller_(std::move(caller)),
        queue_(std::move(queue)),
        left_(page_size),
        place_(std::move(place)),
        answer_(std::move(answer)) {}

  void Look() {
    engine_.Peek(caller_,
                 {.source = {model::ResourceKind::kQueue, queue_},
                  .state = kStates[place_.state],
                  .page_size = left_,
                  .page_token = place_.token},
                 [self = shared_from_this()](Result<engine::ListPage<engine::PeekedMessage>> page) {
                   self->Looked(std::move(page));
                 });
  }

 private:
  void Looked(Result<engine::ListPage<engine::PeekedMessage>> page) {
    if (!page.ok()) return answer_(InRequest(std::move(page).error(), ""));
    for (const auto& peeked : page->items) {
      ToProto(peeked, response_.add_dead_letters());
      bytes_ += model::SizeBytes(peeked.message->content);
      left_ -= std::min<std::size_t>(left_, 1);
    }
    place_.token = std::move(page->next_page_token);
    if (place_.token.empty()) ++place_.state;
    const bool more = place_.state < kStates.size();
    if (more && left_ > 0 && bytes_ < kGoOnBelowBytes) return Look();
    if (more) response_.set_next_page_token(place_.ToString());
    answer_(std::move(response_));
  }

  engine::Engine& engine_;
  const engine::Caller caller_;
  const std::string queue_;
  std::size_t left_;
  std::uint64_t bytes_ = 0;
  DeadLetterPlace place_;
  v1::ListDeadLettersResponse response_;
  const Answer<v1::ListDeadLettersResponse> answer_;
};

}  // namespace

std::string DeadLetterPlace::ToString() const { return fmt::format("{}.{}", state, token); }

Result<DeadLetterPlace> DeadLetterPlace::Parse(std::string_view text) {
  DeadLetterPlace place;
  if (text.empty()) return place;
  const char* end = text.data() + text.size();
  const auto [stop, errc] = std::from_chars(text.data(), end, place.state);
  if (errc != std::errc() || stop == end || *stop != '.' || place.state >= kStates.size()) {
    return InvalidField("page_token", fmt::format("\"{}\" is no token of an earlier page", model::CutText(text, 64)));
  }
  place.token = std::string(stop + 1, end);
  return place;
}

void ListDeadLetters(engine::Engine& engine, const engine::Caller& caller, std::string queue, std::size_t page_size,
                     DeadLetterPlace place, Answer<v1::ListDeadLettersResponse> answer) {
  std::make_shared<Lister>(engine, caller, std::move(queue), page_size, std::move(place), std::move(answer))->Look();
}

}  // namespace broker::native
