#include "cli/contexts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace broker::cli {
namespace {

namespace fs = std::filesystem;

Error BadFile(const std::string& path, const std::string& why) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_CONTEXT_FILE",
               fmt::format("{}: {}; mend or remove the file", path, why));
}

Error CannotRead(const std::string& path, int why) {
  return Error(
      ErrorCode::kInvalidArgument, "INVALID_CONTEXT_FILE",
      fmt::format("cannot read {}, which may say which broker is meant: {}; mend it, or give both --address and "
                  "--namespace",
                  path, std::strerror(why)));
}

Error CannotWrite(const std::string& path, const std::string& why) {
  return Error(ErrorCode::kPermissionDenied, "CONTEXT_FILE_NOT_WRITTEN", fmt::format("cannot write {}: {}", path, why));
}

// Creates or replaces the file; its bytes are on disk when this answers ok.
Status WriteDurably(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return CannotWrite(path, std::strerror(errno));
  int failed = 0;
  while (failed == 0 && !bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      failed = errno;
    }
  }
  if (failed == 0 && ::fsync(file) != 0) failed = errno;
  ::close(file);
  if (failed != 0) return CannotWrite(path, std::strerror(failed));
  return {};
}

Result<Context> ReadContext(const std::string& path, std::string_view name, const toml::table& table) {
  Context context;
  for (const auto& [key, node] : table) {
    const auto text = node.value<std::string>();
    if (!text) return BadFile(path, fmt::format("contexts.{}.{} must be a text", name, key.str()));
    if (key.str() == "address") {
      context.address = *text;
    } else if (key.str() == "namespace") {
      context.name_space = *text;
    } else {
      return BadFile(path,
                     fmt::format("contexts.{}.{} is unknown; a context has address and namespace", name, key.str()));
    }
  }
  return context;
}

Result<ContextFile> FromTable(const std::string& path, const toml::table& root) {
  ContextFile file;
  for (const auto& [key, node] : root) {
    if (key.str() == "current" && node.is_string()) {
      file.current = *node.value<std::string>();
    } else if (key.str() == "contexts" && node.is_table()) {
      for (const auto& [name, child] : *node.as_table()) {
        if (!child.is_table()) return BadFile(path, fmt::format("contexts.{} must be a table", name.str()));
        auto context = ReadContext(path, name.str(), *child.as_table());
        if (!context.ok()) return context.error();
        file.contexts.emplace(std::string(name.str()), *context);
      }
    } else {
      return BadFile(path, fmt::format("{} is unknown or of the wrong type", key.str()));
    }
  }
  return file;
}

}  // namespace

std::optional<std::string> ContextFilePath(const Terminal& terminal) {
  if (const auto folder = terminal.Env("XDG_CONFIG_HOME"))
    return (fs::path(*folder) / "brokerctl/config.toml").string();
  if (const auto home = terminal.Env("HOME")) return (fs::path(*home) / ".config/brokerctl/config.toml").string();
  return std::nullopt;
}

Result<ContextFile> ReadContextFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in && (errno == ENOENT || errno == ENOTDIR)) return ContextFile{};
  if (!in) return CannotRead(path, errno);
  std::string text;
  for (std::array<char, 4096> some; in.read(some.data(), some.size()) || in.gcount() > 0;) {
    text.append(some.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return CannotRead(path, errno);
  try {
    return FromTable(path, toml::parse(text));
  } catch (const toml::parse_error& wrong) {
    return BadFile(path, fmt::format("line {}: {}", wrong.source().begin.line, wrong.description()));
  }
}

Status WriteContextFile(const std::string& path, const ContextFile& file) {
  toml::table contexts;
  for (const auto& [name, context] : file.contexts) {
    toml::table entry;
    if (context.address) entry.insert("address", *context.address);
    if (context.name_space) entry.insert("namespace", *context.name_space);
    contexts.insert(name, std::move(entry));
  }
  toml::table root;
  if (!file.current.empty()) root.insert("current", file.current);
  root.insert("contexts", std::move(contexts));

  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  const bool existed = fs::exists(folder, error);
  fs::create_directories(folder, error);
  if (error) return CannotWrite(path, error.message());
  if (!existed) fs::permissions(folder, fs::perms::owner_all, error);
  const std::string draft = fmt::format("{}.{}", path, ::getpid());
  std::ostringstream text;
  text << root << "\n";
  Status status = WriteDurably(draft, text.str());
  if (status.ok()) {
    fs::rename(draft, path, error);
    if (error) status = CannotWrite(path, error.message());
  }
  if (!status.ok()) fs::remove(draft, error);
  return status;
}

Status CheckContextName(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (!name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), good)) return {};
  return InvalidField("context", fmt::format("\"{}\" is no context name: 1-64 letters, digits and . _ -", name));
}

}  // namespace broker::cli
