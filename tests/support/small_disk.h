// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace guidino::test {

/// Gives this process mounts of its own, so that it may have disks as small as it likes; nobody
/// else sees them. Call before any thread is made. Empty, or why it may not.
inline std::string ownMounts()
{
    const auto why = [](const char* what) {
        return std::string(what) + ": " + std::strerror(errno);
    };
    const uid_t user = ::getuid();
    const gid_t group = ::getgid();
    if (::unshare(CLONE_NEWNS) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
            return why("unshare");
        }
        std::ofstream("/proc/self/setgroups") << "deny";
        std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
        std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
    }
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return why("mount /");
    }
    return {};
}

/// A disk of some MiB in memory, mounted on a folder for its life; ownMounts() came first.
class SmallDisk
{
public:
    SmallDisk(std::filesystem::path folder, int mebibytes)
        : m_folder(std::move(folder))
    {
        const std::string size = "size=" + std::to_string(mebibytes) + "m";
        std::filesystem::create_directories(m_folder);
        m_isMounted = ::mount("tmpfs", m_folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
    }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    ~SmallDisk()
    {
        if (m_isMounted) {
            ::umount2(m_folder.c_str(), MNT_DETACH);
        }
    }

    [[nodiscard]] bool isMounted() const { return m_isMounted; }

    [[nodiscard]] std::uint64_t freeBytes() const
    {
        struct statvfs info = {};
        ::statvfs(m_folder.c_str(), &info);
        return std::uint64_t{info.f_bavail} * info.f_bsize;
    }

    /// Lets others leave so many bytes.
    void fill(std::uint64_t left)
    {
        empty();
        const std::uint64_t free = freeBytes();
        const int file = ::open(filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (free > left && ::posix_fallocate(file, 0, static_cast<off_t>(free - left)) != 0) {
            std::perror("fill");
        }
        ::close(file);
    }

    void empty() const
    {
        std::error_code ignored;
        std::filesystem::remove(filler(), ignored);
    }

private:
    [[nodiscard]] std::filesystem::path filler() const { return m_folder / "filler"; }

    std::filesystem::path m_folder;
    bool m_isMounted = false;
};

} // namespace guidino::test
