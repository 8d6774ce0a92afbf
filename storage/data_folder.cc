#include "storage/data_folder.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "broker/base/log.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/file_error.h"
#include "storage/folder_lock.h"
#include "storage/format_file.h"
#include "storage/marker_file.h"
#include "storage/memory_kv.h"
#include "storage/record_codec.h"
#include "storage/whole_file.h"

namespace broker::storage {
namespace {

constexpr std::string_view kFolderKey = "folder";
constexpr std::string_view kSalvage = "Restore a backup, or see \"Salvage\" in storage/README.md";

struct Paths {
  explicit Paths(const std::string& folder)
      : lock(folder + "/LOCK"),
        format(folder + "/FORMAT"),
        marker(folder + "/marker"),
        store(folder + "/store") {}
  const std::string lock;
  const std::string format;
  const std::string marker;
  const std::string store;
};

Error AndWhatToDo(Error error, const std::string& path) {
  if (error.code == ErrorCode::kDataLoss) error.message = fmt::format("{}: {}. {}", path, error.message, kSalvage);
  error.resource = path;
  return error;
}

Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0750) != 0) {
    if (errno == ENOENT) {
      return Error(ErrorCode::kNotFound, "PARENT_NOT_FOUND",
                   fmt::format("cannot create {}: the folder that should hold it does not exist. Create that first", path),
                   path);
    }
    return FileError("create", path, errno);
  }
  const std::string parent = std::filesystem::path(path + "/..").lexically_normal().string();
  return SyncFolder(parent.empty() ? "." : parent);
}

// Whether what stands in the folder may be an interrupted creation of ours: nothing but what is made before FORMAT.
Status CheckEmpty(const std::string& path) {
  DIR* const folder = ::opendir(path.c_str());
  if (folder == nullptr) return FileError("list", path, errno);
  std::string stranger;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    const bool harmless = name == "." || name == ".." || name == "LOCK" || name == "FORMAT.tmp" || name == "FORMAT" ||
                          name == "lost+found";
    if (!harmless && (stranger.empty() || name < stranger)) stranger = name;
  }
  ::closedir(folder);
  if (stranger.empty()) return {};
  return Error(ErrorCode::kFailedPrecondition, "NOT_A_DATA_FOLDER",
               fmt::format("{} is not empty and not a data folder: it holds \"{}\" and no FORMAT file. "
                           "Name an empty folder, or one that does not exist yet",
                           path, stranger),
               path);
}

Status CheckVersion(const std::string& path, std::uint32_t version) {
  if (version == kFormatVersion) return {};
  const std::string_view what = version > kFormatVersion
                                    ? "Start the newer broker that wrote it; nothing was changed"
                                    : "Start the older broker that wrote it and drain it; nothing was changed";
  return Error(ErrorCode::kUnsupported, "FORMAT_NOT_SUPPORTED",
               fmt::format("{} has format version {}; this broker reads and writes version {}. {}", path, version,
                           kFormatVersion, what),
               path);
}

// Before anything is written: is there a folder of ours, or one that can become ours?
Status CheckPlace(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return MakeFolder(path);
    if (errno != ENOTDIR) return FileError("open", path, errno);
  } else if (S_ISDIR(found.st_mode)) {
    auto version = ReadFormatFile(Paths(path).format);
    if (!version.ok()) return std::move(version).error();
    return version->has_value() ? CheckVersion(path, **version) : CheckEmpty(path);
  }
  return Error(ErrorCode::kInvalidArgument, "NOT_A_FOLDER",
               fmt::format("{} is not a folder. Name one, or a place where one can be created", path), path);
}

Result<std::optional<v0::FolderRecord>> ReadFolderRecord(const Reader& store) {
  auto value = store.Get(Family::kMeta, kFolderKey, ReadMode::kExact);
  if (!value.ok()) return std::move(value).error();
  if (!value->has_value()) return std::optional<v0::FolderRecord>();
  v0::FolderRecord record;
  BROKER_RETURN_IF_ERROR(Open(kFolderKey, **value, record));
  return std::optional(std::move(record));
}

// Whether there is a store, or may be one made; not what is in it.
Status CheckStorePlace(const std::string& store, const Marker& marker) {
  struct stat found {};
  if (::stat(store.c_str(), &found) == 0 && !S_ISDIR(found.st_mode)) {
    return Error(ErrorCode::kInvalidArgument, "NOT_A_FOLDER",
                 fmt::format("{} is not a folder, and the store should be there. Put the store back", store), store);
  }
  DIR* const folder = ::opendir(store.c_str());
  if (folder != nullptr) {
    ::closedir(folder);
  } else if (errno != ENOENT) {
    return FileError("read", store, errno);
  }
  const std::string current = store + "/CURRENT";
  if (::stat(current.c_str(), &found) == 0) return {};
  if (errno != ENOENT) return FileError("read", current, errno);
  const auto marked = marker.Load();
  if (!marked.ok()) return marked.error();
  if (marked->value_or(0) == 0) return {};
  return Error(ErrorCode::kDataLoss, "MISSING_COMMIT_GROUPS",
               fmt::format("{} is not there, so there is no store, but groups 1 to {} were synced: it was removed, or the "
                           "folder was copied without it",
                           current, **marked));
}

// What would be found in the store, judged before opening it changes a byte.
Status CheckStore(const std::string& path, const RocksdbOptions& options, const Marker& marker) {
  BROKER_RETURN_IF_ERROR(CheckStorePlace(Paths(path).store, marker));
  auto meta = RocksdbKv::OpenMetaReadOnly(Paths(path).store, options);
  if (!meta.ok()) return std::move(meta).error();
  const MemoryKv nothing;
  const Reader& store = *meta != nullptr ? **meta : static_cast<const Reader&>(nothing);
  auto record = ReadFolderRecord(store);
  if (!record.ok()) return std::move(record).error();
  if (record->has_value()) BROKER_RETURN_IF_ERROR(CheckVersion(path, (*record)->format_version()));
  auto state = Committer::Recover(store, marker);
  if (!state.ok()) return std::move(state).error();
  if (state->number > 0 && !record->has_value()) {
    return Error(ErrorCode::kDataLoss, "MALFORMED_RECORD", "the store holds commit groups but no record of its folder");
  }
  return {};
}

Result<std::uint64_t> FolderId(Kv& kv, Entropy& entropy) {
  auto record = ReadFolderRecord(kv);
  if (!record.ok()) return std::move(record).error();
  if (record->has_value()) return (*record)->folder_id();
  v0::FolderRecord made;
  made.set_format_version(kFormatVersion);
  made.set_folder_id(entropy.Next64());
  auto batch = kv.NewBatch();
  batch->Put(Family::kMeta, kFolderKey, Seal(kFolderKey, made));
  BROKER_RETURN_IF_ERROR(kv.Write(std::move(batch), Sync::kYes));
  return made.folder_id();
}

}  // namespace

class DataFolder::Impl {
 public:
  Impl(std::string folder, SpaceProbe probe) : path(std::move(folder)), space(path, std::move(probe)) {}

  Status Open(Entropy& entropy, const DataFolderOptions& options) {
    BROKER_RETURN_IF_ERROR(CheckPlace(path));
    const Paths paths(path);
    auto taken = FolderLock::Take(path, paths.lock);
    if (!taken.ok()) return std::move(taken).error();
    lock = std::move(*taken);

    auto version = ReadFormatFile(paths.format);
    if (!version.ok()) return std::move(version).error();
    if (version->has_value()) {
      BROKER_RETURN_IF_ERROR(CheckVersion(path, **version));
    } else {
      BROKER_RETURN_IF_ERROR(WriteFormatFile(path, paths.format, kFormatVersion));
    }

    auto opened_marker = MarkerFile::Open(paths.marker);
    if (!opened_marker.ok()) return std::move(opened_marker).error();
    marker = std::move(*opened_marker);
    BROKER_RETURN_IF_ERROR(CheckStore(path, options.rocksdb, *marker));

    BROKER_RETURN_IF_ERROR(space.CheckBeforeOpen());
    auto opened_kv = RocksdbKv::Open(paths.store, options.rocksdb);
    if (!opened_kv.ok()) return std::move(opened_kv).error();
    kv = std::move(*opened_kv);
    auto found_id = FolderId(*kv, entropy);
    if (!found_id.ok()) return std::move(found_id).error();
    id = *found_id;
    BROKER_RETURN_IF_ERROR(SyncFolder(path));  // the entries of the store and the marker
    auto opened_committer = Committer::Open(*kv, *marker);
    if (!opened_committer.ok()) return std::move(opened_committer).error();
    committer = std::move(*opened_committer);
    if (auto marked = marker->Load(); marked.ok() && !marked->has_value() && committer->state().number > 0) {
      Log(LogLevel::kWarning, "marker_unreadable",
          {{"path", paths.marker},
           {"message", "the marker is damaged or was removed: whether the store's end is missing cannot be told this time"}});
    }
    return {};
  }

  const std::string path;
  FreeSpace space;
  std::uint64_t id = 0;
  std::unique_ptr<FolderLock> lock;  // given up last
  std::unique_ptr<MarkerFile> marker;
  std::unique_ptr<RocksdbKv> kv;
  std::unique_ptr<Committer> committer;
};

DataFolder::DataFolder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DataFolder::~DataFolder() = default;

Result<std::unique_ptr<DataFolder>> DataFolder::Open(const std::string& path, Entropy& entropy,
                                                     DataFolderOptions options) {
  if (!options.space) options.space = ProbeFileSystem(path);
  auto impl = std::make_unique<Impl>(path, std::move(options.space));
  if (Status status = impl->Open(entropy, options); !status.ok()) {
    return AndWhatToDo(std::move(status).error(), path);
  }
  Log(LogLevel::kInfo, "data_folder_opened",
      {{"path", path}, {"folder_id", fmt::format("{:016x}", impl->id)}, {"group", impl->committer->state().number}});
  return std::unique_ptr<DataFolder>(new DataFolder(std::move(impl)));
}

Kv& DataFolder::kv() { return *impl_->kv; }
Committer& DataFolder::committer() { return *impl_->committer; }
FreeSpace& DataFolder::space() { return impl_->space; }
std::uint64_t DataFolder::id() const { return impl_->id; }
const std::string& DataFolder::path() const { return impl_->path; }

}  // namespace broker::storage
