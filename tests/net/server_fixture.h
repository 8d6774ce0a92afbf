// A server on a free port whose handler answers "METHOD target\nbody", except:
//   /wait   answers when the test calls AnswerWaiting
//   /thread answers from another thread
//   /large  answers 8 MiB
//   /lost   drops its Responder
//   /hook   calls hook_ first
//   /boom   sends a header that no client may see as two
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "broker/base/mutex.h"
#include "broker/net/server.h"
#include "tests/support/http_client.h"
#include "tests/support/shared_clock.h"
#include "tests/support/wait.h"

namespace broker::net {

class ServerTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kLarge = 8u << 20;

  ServerTest() { options_.sweep_interval = std::chrono::milliseconds(2); }
  ~ServerTest() override {
    server_.reset();
    for (auto& thread : threads_) thread.join();
  }

  void Start() {
    auto started = Server::Start(options_, [this](Request q, Responder r) { Handle(std::move(q), std::move(r)); }, clock_);
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = *std::move(started);
  }
  std::uint16_t port() const { return server_->port(); }

  std::size_t Waiting() {
    const MutexLock lock(mutex_);
    return waiting_.size();
  }
  std::size_t HangUps() {
    const MutexLock lock(mutex_);
    return hang_ups_;
  }
  // How many answers were given to the system, and how many could not be.
  std::pair<int, int> Written() {
    const MutexLock lock(mutex_);
    return {written_, unwritten_};
  }
  void AnswerWaiting(const std::string& body) {
    std::vector<Responder> waiting;
    {
      const MutexLock lock(mutex_);
      waiting.swap(waiting_);
    }
    for (Responder& responder : waiting) {
      responder.Send(Response{200, {}, body}, [this](bool written) {
        const MutexLock lock(mutex_);
        ++(written ? written_ : unwritten_);
      });
    }
  }
  bool WaitUntilWaiting(std::size_t count) {
    return test::WaitFor([&] { return Waiting() == count; });
  }
  // Lets time pass until so many connections are left: what begins a deadline may not have happened yet.
  bool AdvanceUntilConnections(std::size_t count, Nanos step) {
    return test::WaitFor([&] {
      clock_.Advance(step);
      return server_->connections() == count;
    });
  }
  bool WaitUntilConnections(std::size_t count) {
    return test::WaitFor([&] { return server_->connections() == count; });
  }

  test::SharedClock clock_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::function<void()> hook_;  // set before its request

 private:
  void Handle(Request request, Responder responder) {
    const std::string_view path = request.path();
    if (path == "/wait") {
      responder.OnHangUp([this] {
        const MutexLock lock(mutex_);
        ++hang_ups_;
      });
      const MutexLock lock(mutex_);
      waiting_.push_back(std::move(responder));
      return;
    }
    if (path == "/lost") return;
    if (path == "/hook") hook_();
    if (path == "/boom") return responder.Send(Response{200, {{"X-A", "1\r\nX-B: 2"}}, {}});
    if (path == "/large") return responder.Send(Response{200, {}, std::string(kLarge, 'x')});
    Response answer{200, {}, request.method + " " + request.target + "\n" + request.body};
    if (path == "/thread") {
      const MutexLock lock(mutex_);
      threads_.emplace_back([answer = std::move(answer), responder = std::move(responder)]() mutable {
        responder.Send([answer] { return answer; });
      });
      return;
    }
    responder.Send(std::move(answer));
  }

  Mutex mutex_;
  std::vector<Responder> waiting_ BROKER_GUARDED_BY(mutex_);
  std::size_t hang_ups_ BROKER_GUARDED_BY(mutex_) = 0;
  int written_ BROKER_GUARDED_BY(mutex_) = 0;
  int unwritten_ BROKER_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;
};

}  // namespace broker::net
