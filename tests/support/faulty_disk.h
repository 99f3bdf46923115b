// SPDX-License-Identifier: Apache-2.0
//
// tests/support/faulty_disk.h: a disk that can fail and that remembers what was synced. While it lives, SQLite writes through it.
//
//   FaultyDisk disk;
//   ... write ...
//   disk.cut_power(folder, after);   // `after` gets the files as they would be after a power cut: what was not synced is gone
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace pointsman::test {

class FaultyDisk {
 public:
  FaultyDisk() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    the_disk() = this;
    vfs_.zName = "faulty";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FaultyDisk() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
    the_disk() = nullptr;
  }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  std::atomic<bool> fail_sync{false};
  std::atomic<bool> fail_sync_of_database{false};  // its log can still be synced
  std::atomic<int> syncs{0};

  // Writes every file of `from` as it was when it was last synced into `to`.
  void cut_power(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, state] : files_) {
      if (path.substr(0, path.rfind('/')) != from || state.synced.empty()) continue;
      std::ofstream out(to + path.substr(path.rfind('/')), std::ios::binary);
      out.write(state.synced.data(), static_cast<std::streamsize>(state.synced.size()));
    }
  }

 private:
  struct Op {
    std::size_t at = 0;
    std::string data;
    bool truncates = false;
  };
  struct State {
    std::string synced;
    std::vector<Op> unsynced;
  };
  struct File {
    sqlite3_file base;
    State* state;  // null: a file that need not survive
    bool is_database;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  static FaultyDisk*& the_disk() {
    static FaultyDisk* disk = nullptr;  // SQLite's callbacks bring no context
    return disk;
  }
  static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    FaultyDisk& disk = *the_disk();
    File* made = of(file);
    made->base.pMethods = nullptr;
    made->state = nullptr;
    made->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    const int code = disk.real_->xOpen(disk.real_, name, made->real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    if (name != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
      const std::lock_guard lock(disk.mutex_);
      made->state = &disk.files_[name];
    }
    static const sqlite3_io_methods methods = {
        2, close, [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return of(f)->real()->pMethods->xRead(of(f)->real(), to, n, at); },
        write, truncate, sync, [](sqlite3_file* f, sqlite3_int64* size) { return of(f)->real()->pMethods->xFileSize(of(f)->real(), size); },
        [](sqlite3_file* f, int level) { return of(f)->real()->pMethods->xLock(of(f)->real(), level); },
        [](sqlite3_file* f, int level) { return of(f)->real()->pMethods->xUnlock(of(f)->real(), level); },
        [](sqlite3_file* f, int* out) { return of(f)->real()->pMethods->xCheckReservedLock(of(f)->real(), out); },
        [](sqlite3_file* f, int op, void* arg) { return of(f)->real()->pMethods->xFileControl(of(f)->real(), op, arg); },
        [](sqlite3_file* f) { return of(f)->real()->pMethods->xSectorSize(of(f)->real()); },
        [](sqlite3_file*) { return 0; },  // no promise of a friendly disk
        [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
          return of(f)->real()->pMethods->xShmMap(of(f)->real(), page, size, extend, out);
        },
        [](sqlite3_file* f, int offset, int n, int lock_flags) {
          return of(f)->real()->pMethods->xShmLock(of(f)->real(), offset, n, lock_flags);
        },
        [](sqlite3_file* f) { of(f)->real()->pMethods->xShmBarrier(of(f)->real()); },
        [](sqlite3_file* f, int remove) { return of(f)->real()->pMethods->xShmUnmap(of(f)->real(), remove); },
        nullptr, nullptr};
    made->base.pMethods = &methods;
    return SQLITE_OK;
  }
  // SQLite syncs the folder with it.
  static int remove(sqlite3_vfs*, const char* name, int sync_folder) {
    FaultyDisk& disk = *the_disk();
    {
      const std::lock_guard lock(disk.mutex_);
      if (const auto at = disk.files_.find(name); at != disk.files_.end()) at->second = State{};
    }
    return disk.real_->xDelete(disk.real_, name, sync_folder);
  }
  static int close(sqlite3_file* f) { return of(f)->real()->pMethods->xClose(of(f)->real()); }
  static int write(sqlite3_file* f, const void* data, int n, sqlite3_int64 at) {
    if (of(f)->state != nullptr) {
      const std::lock_guard lock(the_disk()->mutex_);
      of(f)->state->unsynced.push_back(
          {static_cast<std::size_t>(at), std::string(static_cast<const char*>(data), static_cast<std::size_t>(n)), false});
    }
    return of(f)->real()->pMethods->xWrite(of(f)->real(), data, n, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (of(f)->state != nullptr) {
      const std::lock_guard lock(the_disk()->mutex_);
      of(f)->state->unsynced.push_back({static_cast<std::size_t>(size), {}, true});
    }
    return of(f)->real()->pMethods->xTruncate(of(f)->real(), size);
  }
  static int sync(sqlite3_file* f, int) {
    FaultyDisk& disk = *the_disk();
    if (disk.fail_sync || (disk.fail_sync_of_database && of(f)->is_database)) return SQLITE_IOERR_FSYNC;
    ++disk.syncs;
    if (of(f)->state == nullptr) return SQLITE_OK;
    const std::lock_guard lock(disk.mutex_);
    State& state = *of(f)->state;
    for (const Op& op : state.unsynced) {
      if (op.truncates) {
        state.synced.resize(op.at);
        continue;
      }
      if (state.synced.size() < op.at + op.data.size()) state.synced.resize(op.at + op.data.size());
      std::memcpy(state.synced.data() + op.at, op.data.data(), op.data.size());
    }
    state.unsynced.clear();
    return SQLITE_OK;
  }

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  std::mutex mutex_;
  std::map<std::string, State> files_;
};

}  // namespace pointsman::test
