// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/run_folder.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/protocol/json_fields.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

namespace guidino::protocol {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSpareBytes = std::size_t{32} * 1024;

/// A descriptor that closes itself; closing gives an open-file-description lock back.
class Descriptor
{
public:
    Descriptor() = default;

    explicit Descriptor(int fd)
        : m_fd(fd)
    {}

    Descriptor(Descriptor&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {}

    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }

    [[nodiscard]] int get() const { return m_fd; }

    [[nodiscard]] bool isOpen() const { return m_fd >= 0; }

private:
    int m_fd = -1;
};

Error cannotWrite(const fs::path& path)
{
    const std::string reason = std::strerror(errno); // NOLINT(concurrency-mt-unsafe)
    return Error{
        ErrorCode::CannotWrite,
        "cannot write '" + path.string() + "': " + reason,
        {{"file", path.string()}}};
}

Descriptor openAppending(const fs::path& path)
{
    return Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
}

bool writeAll(int fd, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

/// Reads at most `bytes` from `position`; short at the end of the file.
std::string readAt(int fd, std::uint64_t position, std::size_t bytes)
{
    std::string text(bytes, '\0');
    std::size_t filled = 0;
    while (filled < bytes) {
        const ssize_t count = ::pread(
            fd, text.data() + filled, bytes - filled, static_cast<off_t>(position + filled));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    text.resize(filled);
    return text;
}

std::uint64_t sizeOf(int fd)
{
    struct stat info = {};
    return ::fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

/// A lock of the open file description: unlike fcntl's old locks it does not vanish when another
/// descriptor of the file is closed, and unlike flock() one can ask for it without taking it.
struct flock wholeFile(short type)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// The last message's seq, and whether the file ends within a line (after a power cut).
std::pair<std::int64_t, bool> endOf(const fs::path& messages)
{
    const Descriptor file(::open(messages.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen()) {
        return {0, false};
    }
    const std::uint64_t size = sizeOf(file.get());
    const std::uint64_t window = std::min<std::uint64_t>(size, 4 * kMaxLineBytes);
    const std::string text = readAt(file.get(), size - window, window);
    LineSplitter lines;
    lines.feed(text);
    std::int64_t seq = 0;
    while (const auto line = lines.next()) {
        if (const auto message = decodeMessage(*line)) {
            seq = std::max(seq, message->envelope.seq);
        }
    }
    return {seq, !text.empty() && text.back() != '\n'};
}

std::string identityText(const ProcessIdentity& identity)
{
    nlohmann::ordered_json object;
    object["pid"] = identity.pid;
    object["boot_id"] = identity.bootId;
    object["start_ticks"] = identity.startTicks;
    object["host"] = identity.host;
    object["version"] = identity.version;
    return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

/// Takes the lock of worker.json. The file is written in place: a rename would leave the lock on
/// the old one.
Result<Descriptor> takeLock(const RunPaths& paths, const std::string& version)
{
    Descriptor file(::open(paths.worker().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!file.isOpen()) {
        return cannotWrite(paths.worker());
    }
    struct flock lock = wholeFile(F_WRLCK);
    if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) {
        if (errno != EAGAIN && errno != EACCES) {
            return cannotWrite(paths.worker());
        }
        return Error{
            ErrorCode::Usage,
            "another worker is at work in '" + paths.folder.string()
                + "': wait for its end or choose another run folder",
            {{"file", paths.worker().string()}}};
    }
    const std::string text = identityText(currentIdentity(version));
    if (::ftruncate(file.get(), 0) != 0 || !writeAll(file.get(), text)) {
        return cannotWrite(paths.worker());
    }
    return file;
}

} // namespace

// ---- LineTail ---------------------------------------------------------------------------------

std::vector<std::string> LineTail::poll(std::size_t maxBytes)
{
    std::vector<std::string> lines;
    const Descriptor file(::open(m_file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen()) {
        return lines;
    }
    if (sizeOf(file.get()) < m_position) {
        m_position = 0;
        m_lines.reset();
    }
    const std::string text = readAt(file.get(), m_position, maxBytes);
    m_position += text.size();
    m_isAtEnd = text.size() < maxBytes;
    m_lines.feed(text);
    while (auto line = m_lines.next()) {
        lines.push_back(std::move(*line));
    }
    return lines;
}

// ---- RunFolder --------------------------------------------------------------------------------

struct RunFolder::Private
{
    RunPaths paths;
    Descriptor lock;
    Descriptor messages;
    Descriptor log;
    std::mutex mutex; ///< of the two files below it and seq
    std::int64_t seq = 0;
    bool isTorn = false; ///< the last line was not written to its end
    std::optional<LineTail> commands;

    [[nodiscard]] fs::path spare() const { return paths.folder / ".spare"; }

    /// Some blocks of the disk, given back when it is full: a worker's last words need room.
    void takeSpare() const
    {
        const Descriptor file(
            ::open(spare().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (file.isOpen()) {
            (void)writeAll(file.get(), std::string(kSpareBytes, '0'));
        }
    }

    bool append(const std::string& line)
    {
        if (isTorn && !writeAll(messages.get(), "\n")) {
            return false;
        }
        isTorn = !writeAll(messages.get(), line);
        return !isTorn;
    }
};

RunFolder::RunFolder()
    : d(std::make_unique<Private>())
{}

RunFolder::~RunFolder()
{
    std::error_code ignored;
    fs::remove(d->spare(), ignored);
}

const RunPaths& RunFolder::paths() const
{
    return d->paths;
}

Result<std::unique_ptr<RunFolder>>
RunFolder::open(const fs::path& folder, const std::string& version)
{
    GD_TRY(makeFolder(folder));
    std::unique_ptr<RunFolder> run(new RunFolder);
    Private& d = *run->d;
    d.paths.folder = folder;
    auto lock = takeLock(d.paths, version);
    if (!lock) {
        return std::move(lock).error();
    }
    d.lock = std::move(lock).value();
    const auto [seq, isTorn] = endOf(d.paths.messages());
    d.seq = seq;
    d.messages = openAppending(d.paths.messages());
    d.log = openAppending(d.paths.log());
    if (!d.messages.isOpen() || !d.log.isOpen()) {
        return cannotWrite(d.messages.isOpen() ? d.paths.log() : d.paths.messages());
    }
    d.isTorn = isTorn;
    d.takeSpare();
    std::error_code none;
    const std::uintmax_t size = fs::file_size(d.paths.commands(), none);
    d.commands.emplace(d.paths.commands(), none ? 0 : size);
    return run;
}

Status RunFolder::send(const Message& message)
{
    const std::lock_guard guard(d->mutex);
    Envelope envelope;
    envelope.seq = d->seq + 1;
    envelope.time = utcNow();
    auto line = encode(envelope, message);
    if (!line) {
        return std::move(line).error();
    }
    *line += '\n';
    if (!d->append(*line)) {
        const Error error = cannotWrite(d->paths.messages());
        // Kept for how it ended: curves that go on would use it up.
        const bool isLastWord =
            std::holds_alternative<Failure>(message) || std::holds_alternative<Bye>(message);
        std::error_code none;
        if (!isLastWord || !fs::remove(d->spare(), none) || !d->append(*line)) {
            return error;
        }
    }
    d->seq = envelope.seq;
    return {};
}

void RunFolder::log(std::string_view level, std::string_view text)
{
    std::string line = utcNow();
    line.append(" ").append(level).append(" ").append(text).append("\n");
    const std::lock_guard guard(d->mutex);
    writeAll(d->log.get(), line); // a full disk shows where results are written
}

std::vector<Received<Command>> RunFolder::commands()
{
    std::vector<Received<Command>> commands;
    for (const std::string& line : d->commands->poll()) {
        auto command = decodeCommand(line);
        if (command) {
            commands.push_back(std::move(command).value());
        } else if (!line.empty()) {
            log("warning", "commands.jsonl: " + command.error().message);
        }
    }
    return commands;
}

// ---- the watcher's side -------------------------------------------------------------------------

bool isWorkerAlive(const fs::path& folder)
{
    const Descriptor file(::open(RunPaths{folder}.worker().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen()) {
        return false;
    }
    struct flock lock = wholeFile(F_RDLCK);
    return ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

Result<ProcessIdentity> workerIdentity(const fs::path& folder)
{
    const fs::path path = RunPaths{folder}.worker();
    const auto text = readFile(path, kMaxLineBytes);
    if (!text) {
        return text.error();
    }
    const nlohmann::json object = nlohmann::json::parse(*text, nullptr, false);
    ProcessIdentity identity;
    std::string problem = "not one JSON object";
    if (object.is_object()) {
        JsonFields fields(object);
        fields.integer("pid", identity.pid, 1);
        fields.text("boot_id", identity.bootId);
        fields.integer("start_ticks", identity.startTicks);
        fields.text("host", identity.host);
        fields.text("version", identity.version);
        problem = fields.error();
    }
    if (!problem.empty()) {
        return Error{
            ErrorCode::BadInput, "'" + path.string() + "': " + problem, {{"file", path.string()}}};
    }
    return identity;
}

bool signalWorker(const fs::path& folder, int signal)
{
    if (!isWorkerAlive(folder)) {
        return false;
    }
    const auto identity = workerIdentity(folder);
    return identity && sendSignal(*identity, signal);
}

Status sendCommand(const fs::path& folder, const Command& command)
{
    const fs::path path = RunPaths{folder}.commands();
    const Descriptor file = openAppending(path);
    if (!file.isOpen()) {
        return cannotWrite(path);
    }
    Envelope envelope;
    envelope.time = utcNow();
    auto line = encode(envelope, command);
    if (!line) {
        return std::move(line).error();
    }
    *line += '\n';
    return writeAll(file.get(), *line) ? Status() : Status(cannotWrite(path));
}

std::vector<Received<Message>> RunReader::poll()
{
    std::vector<Received<Message>> messages;
    for (const std::string& line : m_tail.poll()) {
        auto message = decodeMessage(line);
        if (message) {
            messages.push_back(std::move(message).value());
        } else if (!line.empty()) {
            ++m_damagedLines;
        }
    }
    return messages;
}

Status writeJob(const fs::path& folder, const JobSpec& spec)
{
    GD_TRY(makeFolder(folder));
    return writeFileAtomically(RunPaths{folder}.job(), encodeJob(spec));
}

Result<JobSpec> readJob(const fs::path& file)
{
    const auto text = readFile(file, std::uint64_t{16} << 20);
    if (!text) {
        return text.error();
    }
    auto spec = decodeJob(*text);
    if (!spec) {
        Error error = std::move(spec).error();
        error.message = "'" + file.string() + "': " + error.message;
        return std::move(error).with("file", file.string());
    }
    return spec;
}

} // namespace guidino::protocol
