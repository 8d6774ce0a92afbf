// Ack, nack, extend, release: what receipts do.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/duration.h"
#include "broker/base/log.h"
#include "broker/engine/core.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::engine {
namespace {

Status CheckCount(std::string_view field, std::size_t count) {
  if (count >= 1 && count <= model::kMaxReceipts) return {};
  return InvalidField(std::string(field), fmt::format("{} entries; it takes 1 to {}", count, model::kMaxReceipts));
}

Error LeaseLost(std::string_view why) {
  return Error(ErrorCode::kLeaseLost, "LEASE_LOST", fmt::format("the receipt's lease {}; nothing was done", why));
}

Error LeaseTooLong(Nanos so_far, const ExtendEntry& extend) {
  return Error(ErrorCode::kInvalidArgument, "LEASE_TOO_LONG",
               fmt::format("the lease has lasted {}; {} more is beyond {} in all", FormatDuration(so_far),
                           FormatDuration(extend.visibility_timeout), FormatDuration(*extend.most_in_all)));
}

std::shared_ptr<const std::string> Reason(const std::string& text) {
  if (text.empty()) return nullptr;
  return std::make_shared<const std::string>(model::CutText(text, model::kMaxReasonBytes));
}

const std::shared_ptr<const std::string>& ReceiverLeft() {
  static const auto reason = std::make_shared<const std::string>("its receiver went away");
  return reason;
}

// A receipt of this cursor, or why it is none.
Result<Receipt> ReadReceipt(const Cursor& cursor, std::uint64_t folder, const std::string& text) {
  const auto invalid = [&](std::string_view why) {
    return Error(ErrorCode::kInvalidReceipt, "INVALID_RECEIPT",
                 fmt::format("the receipt \"{}\" {}", model::CutText(text, 128), why), cursor.owner.ToString());
  };
  const auto receipt = Receipt::Decode(text);
  if (!receipt) return invalid("is malformed; use it exactly as it was received");
  if (receipt->folder != folder) return invalid("was given by another broker or data folder");
  if (receipt->cursor != cursor.id.value()) return invalid(fmt::format("is not one of {}", cursor.owner.ToString()));
  if (receipt->sequence == 0 || receipt->sequence >= cursor.log->next_sequence) return invalid("names no message");
  return *receipt;
}

// After EntryFor: there is nothing of its message left.
bool IsGone(const Cursor& cursor, const Receipt& receipt) {
  return cursor.outstanding.Find(receipt.sequence) == nullptr;
}

}  // namespace

const Entry* Engine::Core::EntryFor(Cursor& cursor, const Receipt& receipt, Status& refusal) {
  const bool exactly_once = cursor.settings.exactly_once;
  refusal = {};
  if (receipt.epoch != cursor.epoch) {
    if (exactly_once) refusal = LeaseLost("ended with a purge or a seek");
    return nullptr;
  }
  if (receipt.sequence < cursor.floor) return nullptr;  // expired: settling it is still fine
  // A redriven message stands outstanding above the position; anything else there was handed out before a power cut.
  if (receipt.sequence >= cursor.position && cursor.outstanding.Find(receipt.sequence) == nullptr) {
    if (exactly_once) {
      refusal = LeaseLost("is unknown");
      return nullptr;
    }
    if (receipt.sequence - cursor.position >= model::kMaxOutstanding) return nullptr;  // never was handed out
    AdvancePast(cursor, receipt.sequence);
  }
  const Entry* entry = cursor.outstanding.Find(receipt.sequence);
  if (entry == nullptr) return nullptr;  // settled
  if (receipt.nonce < entry->nonce) {
    if (exactly_once) refusal = LeaseLost("was replaced by a newer one");
    return nullptr;
  }
  if (exactly_once && (!entry->leased || entry->due <= now_)) {
    refusal = LeaseLost("has expired");
    return nullptr;
  }
  return entry;
}

void Engine::Core::AdvancePast(Cursor& cursor, std::uint64_t sequence) {
  broker::Log(LogLevel::kWarning, "position_moved_forward",
              {{"cursor", cursor.owner.ToString()}, {"from", cursor.position}, {"to", sequence + 1}});
  while (cursor.position <= sequence) {
    RecordPtr record = Loaded(cursor, cursor.position);
    if (record == nullptr || !input_.Passes(cursor, *record).has_value()) {
      record = ReadRecord(deps_.kv, cursor.log->id, cursor.position);
    }
    if (record == nullptr) {
      SetPosition(cursor, cursor.position + 1, cursor.below);
    } else if (!input_.Passes(cursor, *record).value_or(true)) {
      SetPosition(cursor, cursor.position + 1, record->totals);
    } else {
      StepOver(cursor, *record, !record->held);
    }
  }
  Wake(cursor);
}

Result<SettleResponse> Engine::Core::Ack(const Caller& caller, const model::Target& source,
                                         const std::vector<std::string>& receipts) {
  BROKER_RETURN_IF_ERROR(CheckCount("receipts", receipts.size()));
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  Cursor& cursor = **found;
  NoteUse(cursor);
  SettleResponse response;
  for (const std::string& text : receipts) {
    const auto receipt = ReadReceipt(cursor, folder_id_, text);
    if (!receipt.ok()) {
      response.results.push_back(receipt.error());
      response.gone.push_back(false);
      continue;
    }
    Status refusal;
    const Entry* entry = EntryFor(cursor, *receipt, refusal);
    const bool gone = IsGone(cursor, *receipt);
    if (entry != nullptr) {
      RemoveOutstanding(cursor, receipt->sequence);
      journal_.RequireSync();
    }
    response.results.push_back(refusal);
    response.gone.push_back(gone);
  }
  // What they held back behind an ordering key may go now.
  Wake(cursor);
  return response;
}

Result<SettleResponse> Engine::Core::Nack(const Caller& caller, const model::Target& source,
                                          const std::vector<NackEntry>& entries) {
  BROKER_RETURN_IF_ERROR(CheckCount("entries", entries.size()));
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  Cursor& cursor = **found;
  NoteUse(cursor);
  SettleResponse response;
  // All are judged, and their reasons noted, before the first brings others of its ordering key back with it.
  std::vector<std::pair<std::uint64_t, const NackEntry*>> given_back;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const NackEntry& nack = entries[i];
    if (nack.backoff && (*nack.backoff < Nanos{0} || *nack.backoff > model::kMaxBackoff)) {
      response.results.push_back(InvalidField(fmt::format("entries[{}].backoff", i),
                                              fmt::format("{} is outside 0s to {}", FormatDuration(*nack.backoff),
                                                          FormatDuration(model::kMaxBackoff))));
      response.gone.push_back(false);
      continue;
    }
    const auto receipt = ReadReceipt(cursor, folder_id_, nack.receipt);
    if (!receipt.ok()) {
      response.results.push_back(receipt.error());
      response.gone.push_back(false);
      continue;
    }
    Status refusal;
    const Entry* entry = EntryFor(cursor, *receipt, refusal);
    const bool gone = IsGone(cursor, *receipt);
    // A lease that has expired already gave its message back.
    if (entry != nullptr && entry->leased) {
      given_back.emplace_back(receipt->sequence, &nack);
      if (auto reason = Reason(nack.reason)) {
        Entry noted = *entry;
        noted.reason = std::move(reason);
        PutOutstanding(cursor, receipt->sequence, std::move(noted));
      }
    }
    response.results.push_back(refusal);
    response.gone.push_back(gone);
  }
  for (const auto& [sequence, nack] : given_back) {
    EndIfLeased(cursor, sequence, nack->backoff, nack->last ? Attempt::kLast : Attempt::kCounted);
  }
  if (cursor.synced_leases()) journal_.RequireSync();
  Wake(cursor);
  return response;
}

Result<SettleResponse> Engine::Core::Extend(const Caller& caller, const model::Target& source,
                                            const std::vector<ExtendEntry>& entries) {
  BROKER_RETURN_IF_ERROR(CheckCount("entries", entries.size()));
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  Cursor& cursor = **found;
  NoteUse(cursor);
  SettleResponse response;
  std::vector<std::uint64_t> given_back;  // at the end, as in Nack
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ExtendEntry& extend = entries[i];
    if (extend.visibility_timeout < Nanos{0} || extend.visibility_timeout > model::kMaxVisibilityTimeout) {
      response.results.push_back(InvalidField(fmt::format("entries[{}].visibility_timeout", i),
                                              fmt::format("{} is outside 0s to {}", FormatDuration(extend.visibility_timeout),
                                                          FormatDuration(model::kMaxVisibilityTimeout))));
      response.gone.push_back(false);
      continue;
    }
    const auto receipt = ReadReceipt(cursor, folder_id_, extend.receipt);
    if (!receipt.ok()) {
      response.results.push_back(receipt.error());
      response.gone.push_back(false);
      continue;
    }
    Status refusal;
    const Entry* entry = EntryFor(cursor, *receipt, refusal);
    const bool gone = IsGone(cursor, *receipt);
    if (entry != nullptr && entry->leased) {
      if (extend.visibility_timeout == Nanos{0}) {
        given_back.push_back(receipt->sequence);
      } else if (extend.most_in_all && now_ + extend.visibility_timeout > entry->lease_start + *extend.most_in_all) {
        refusal = LeaseTooLong(now_ - entry->lease_start, extend);
      } else {
        Entry extended = *entry;
        extended.due = now_ + extend.visibility_timeout;
        PutOutstanding(cursor, receipt->sequence, std::move(extended));
      }
    }
    response.results.push_back(refusal);
    response.gone.push_back(gone);
  }
  for (const std::uint64_t sequence : given_back) EndIfLeased(cursor, sequence, Nanos{0});
  if (cursor.synced_leases()) journal_.RequireSync();
  Wake(cursor);
  return response;
}

void Engine::Core::EndIfLeased(Cursor& cursor, std::uint64_t sequence, std::optional<Nanos> backoff, Attempt attempt) {
  const Entry* entry = cursor.outstanding.Find(sequence);
  if (entry != nullptr && entry->leased) EndAttempt(cursor, sequence, nullptr, backoff, attempt);
}

Status Engine::Core::Release(const Caller& caller, const model::Target& source,
                             const std::vector<std::string>& receipts, bool counted) {
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  Cursor& cursor = **found;
  NoteUse(cursor);
  std::vector<Receipt> given_back;
  for (const std::string& text : receipts) {
    if (const auto receipt = ReadReceipt(cursor, folder_id_, text); receipt.ok()) given_back.push_back(*receipt);
  }
  // Uncounted the last first: what comes back with an earlier one of its key would count as an attempt.
  std::sort(given_back.begin(), given_back.end(), [counted](const Receipt& a, const Receipt& b) {
    return counted ? a.sequence < b.sequence : a.sequence > b.sequence;
  });
  for (const Receipt& receipt : given_back) {
    Status refusal;
    const Entry* entry = EntryFor(cursor, receipt, refusal);
    if (entry == nullptr || !entry->leased) continue;
    if (counted) {
      EndAttempt(cursor, receipt.sequence, ReceiverLeft(), std::nullopt);
    } else {
      EndAttempt(cursor, receipt.sequence, nullptr, Nanos{0}, Attempt::kUndone);
    }
  }
  if (cursor.synced_leases()) journal_.RequireSync();
  Wake(cursor);
  return {};
}

}  // namespace broker::engine
