// SPDX-License-Identifier: Apache-2.0
#include "app/machine_checks.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include "app/stores.h"
#include "ledger/sqlite/schema.h"
#include "queue/embedded/schema.h"
#include "sqlite/db.h"

namespace pointsman::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLittleSpace = 1'000'000'000;  // bytes: some days of tickets for a large desk
constexpr std::uintmax_t kNoSpace = 50'000'000;
constexpr int kEarliestPlausibleYear = 2024;  // a clock before this program was written is certainly wrong
constexpr int kBusyTimeoutMs = 2'000;

// The nearest folder above that is there.
fs::path existing_part(fs::path path) {
  std::error_code ignored;  // what cannot be looked at counts as not there
  path = fs::absolute(path, ignored);
  while (!fs::exists(path, ignored) && path.has_parent_path() && path != path.parent_path()) path = path.parent_path();
  return path;
}

std::string user_name(uid_t id) {
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return fmt::format("user {}", id);
}

bool may_write(const fs::path& path, int more = 0) { return access(path.c_str(), W_OK | more) == 0; }

bool begins_like_a_ledger(const fs::path& file) {
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  std::array<char, kMagic.size()> begin{};
  std::ifstream in(file, std::ios::binary);
  in.read(begin.data(), begin.size());
  return in.gcount() == static_cast<std::streamsize>(begin.size()) && std::string_view(begin.data(), begin.size()) == kMagic;
}

// A ledger of a newer program, or with tables that cannot be read; nothing when all is well.
std::optional<Finding> check_tables(const fs::path& file, sqlite::Access access) {
  const auto damaged = [](const Error& error) { return Finding{Grade::kFault, "ledger", error.what, "Restore a backup (docs/operations.md)."}; };
  auto db = sqlite::Db::open(file.string(), access, kBusyTimeoutMs);
  if (!db) return damaged(db.error());
  for (const sqlite::SchemaPart& part : {ledger::ledger_schema(), queue::queue_schema()}) {
    auto version = sqlite::schema_version(**db, part);
    if (!version) return damaged(version.error());
    if (*version > static_cast<std::int64_t>(part.steps.size()))
      return Finding{Grade::kFault, "ledger", file.string() + " was written by a newer program",
                     "Use that program, or restore a backup from before the update."};
  }
  return std::nullopt;
}

}  // namespace

Finding check_data_directory(const config::Config& config) {
  const fs::path directory = config.data_dir;
  std::error_code failed;
  if (!fs::exists(directory, failed)) {
    const fs::path above = existing_part(directory);
    if (!fs::is_directory(above, failed) || !may_write(above, X_OK))
      return {Grade::kFault, "data", fmt::format("{} cannot be made in {}", directory.string(), above.string()),
              fmt::format("Make it for {}, or choose another folder with --data or [storage] path.", user_name(geteuid()))};
    return {Grade::kGood, "data", directory.string() + " is not there yet; the first start makes it", ""};
  }
  if (!fs::is_directory(directory, failed))
    return {Grade::kFault, "data", directory.string() + " is no folder", "Choose a folder with --data or [storage] path."};
  if (!may_write(directory, X_OK))
    return {Grade::kFault, "data", fmt::format("{} may not write in {}", user_name(geteuid()), directory.string()),
            fmt::format("chown {0} {1}; or choose another folder with --data or [storage] path.", user_name(geteuid()), directory.string())};
  struct stat state {};
  if (stat(directory.c_str(), &state) == 0 && state.st_uid != geteuid())
    return {Grade::kWarning, "data",
            fmt::format("{} belongs to {}, and you are {}", directory.string(), user_name(state.st_uid), user_name(geteuid())),
            fmt::format("Run serve and every command as one user: sudo -u {} pointsman ...", user_name(state.st_uid))};
  return {Grade::kGood, "data", directory.string() + " can be written", ""};
}

Finding check_ledger(const config::Config& config) {
  const fs::path file = ledger_file(config);
  std::error_code failed;
  if (!fs::exists(file, failed)) return {Grade::kGood, "ledger", "is not there yet; the first start makes it", ""};
  if (!begins_like_a_ledger(file))
    return {Grade::kFault, "ledger", file.string() + " is damaged, is no ledger, or cannot be read",
            "Restore a backup (docs/operations.md), or make it readable for this user."};
  if (!may_write(file))
    return {Grade::kFault, "ledger", fmt::format("{} may not write {}", user_name(geteuid()), file.string()),
            fmt::format("chown {} {}*", user_name(geteuid()), file.string())};
  const bool has_wal = fs::exists(file.string() + "-wal", failed);
  // Reading through a log without its index would make that file; the next start does it anyway.
  if (has_wal && !fs::exists(file.string() + "-shm", failed))
    return {Grade::kGood, "ledger", file.string() + " was not closed in order; the next start puts that right", ""};
  if (auto fault = check_tables(file, has_wal ? sqlite::Access::kReadOnly : sqlite::Access::kImmutable)) return std::move(*fault);
  return {Grade::kGood, "ledger", file.string() + " can be read and written", ""};
}

Finding judge_space(std::uintmax_t free_bytes) {
  const std::string what = fmt::format("{} MB free", free_bytes / 1'000'000);
  if (free_bytes < kNoSpace) return {Grade::kFault, "disk space", what, "Free some space, or move the data directory (--data)."};
  if (free_bytes < kLittleSpace) return {Grade::kWarning, "disk space", what, "Plan for more: about 2 KB a ticket."};
  return {Grade::kGood, "disk space", what, ""};
}

Finding check_space(const config::Config& config) {
  const fs::path existing = existing_part(config.data_dir);
  std::error_code failed;
  const auto space = fs::space(existing, failed);
  if (failed) return {Grade::kWarning, "disk space", "cannot be read: " + failed.message(), "Look with: df -h " + existing.string()};
  return judge_space(space.available);
}

Finding judge_clock(Instant now, bool synchronised) {
  const auto today = std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(now)};
  const std::string says = "says " + format_rfc3339(now);
  if (static_cast<int>(today.year()) < kEarliestPlausibleYear)
    return {Grade::kFault, "clock", says, "Set the time: messages from Teams would look as if they came from the future."};
  if (!synchronised)
    return {Grade::kWarning, "clock", says + ", and nothing keeps it right", "Turn on time synchronisation: timedatectl set-ntp true"};
  return {Grade::kGood, "clock", says + ", synchronised", ""};
}

Finding check_clock() {
  timex state{};
  return judge_clock(SystemClock{}.now(), adjtimex(&state) != TIME_ERROR);
}

Finding check_address(const config::Server& server) {
  const std::string where = fmt::format("{}:{}", server.address, server.port);
  const std::string address = server.address == "localhost" ? "127.0.0.1" : server.address;
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.c_str(), std::to_string(server.port).c_str(), &hints, &found) != 0)
    return {Grade::kFault, "address", server.address + " is no address", "Set [server] listen to ADDRESS:PORT, for example 127.0.0.1:5000."};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return {Grade::kFault, "address", where + ": " + std::strerror(errno), "Choose another address with --listen."};
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int failed = bind(fd, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
  close(fd);
  if (failed == 0) return {Grade::kGood, "address", where + " is free", ""};
  if (failed == EADDRINUSE)
    return {Grade::kWarning, "address", where + " is in use",
            fmt::format("See by whom: ss -ltnp 'sport = :{}'; or serve elsewhere with --listen.", server.port)};
  if (failed == EACCES)
    return {Grade::kFault, "address", where + ": this user may not listen there", "Use a port above 1023, or a proxy in front."};
  return {Grade::kFault, "address", where + ": " + std::strerror(failed), "Choose an address of this machine with --listen."};
}

}  // namespace pointsman::app
