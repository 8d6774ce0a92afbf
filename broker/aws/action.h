// An action, written once for both protocols. A type A with
//
//   static constexpr std::string_view kName = "SendMessage";
//   struct Input { ... };                              // and  void Read(Fields&, Input&)
//   struct Output { ... };                             // and  void Write(Writer&, const Output&); or using Output = None
//   Access Needs(const Call&, const Input&) const;     // what it does to what; pure
//   void Process(std::shared_ptr<Call>, Input, Done<Output>) const;
//
// Read and Write run on a connection's thread and must touch nothing but their arguments. Process runs on the strand,
// and calls its Done once, there, then or later; a Call stays as long as someone holds it.
// What an action needs (the engine, a clock) it was constructed with.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/aws/call.h"
#include "broker/aws/fault.h"
#include "broker/aws/wire/fields.h"
#include "broker/aws/wire/writer.h"
#include "broker/base/result.h"

namespace broker::aws {

template <class T>
using Done = std::function<void(Result<T, Refusal>)>;

// The output of an action that answers nothing.
struct None {};

// What the dispatcher sees of an action: input and output are hidden in what it hands on.
class Action {
 public:
  using WriteOutput = std::function<void(Writer&)>;  // empty for None
  using Finish = std::function<void(Result<WriteOutput, Refusal>)>;
  // Runs it, on the strand.
  using Start = std::function<void(std::shared_ptr<Call>, Finish)>;

  virtual ~Action() = default;
  virtual std::string_view name() const = 0;
  // Reads `input`, or says what is wrong with it.
  virtual Result<Start, FieldProblem> Prepare(Value& input, Form form) const = 0;
};

template <class A>
class ActionOf final : public Action {
 public:
  explicit ActionOf(A action) : action_(std::move(action)) {}

  std::string_view name() const override { return A::kName; }

  Result<Start, FieldProblem> Prepare(Value& input, Form form) const override {
    // Shared because what is posted must be copyable; it has one owner at a time.
    auto read = std::make_shared<typename A::Input>();
    Fields fields(input, form);
    Read(fields, *read);
    if (fields.problem()) return *fields.problem();
    return Start([this, read](std::shared_ptr<Call> call, Finish finish) {
      action_.Process(std::move(call), std::move(*read), [finish = std::move(finish)](Result<Output, Refusal> result) {
        if (!result.ok()) return finish(std::move(result).error());
        if constexpr (std::same_as<Output, None>) {
          finish(WriteOutput());
        } else {
          auto output = std::make_shared<const Output>(*std::move(result));
          finish(WriteOutput([output](Writer& writer) { Write(writer, *output); }));
        }
      });
    });
  }

 private:
  using Output = typename A::Output;

  const A action_;
};

template <class A>
std::unique_ptr<const Action> MakeAction(A action) {
  return std::make_unique<ActionOf<A>>(std::move(action));
}

}  // namespace broker::aws
