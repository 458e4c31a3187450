// SPDX-License-Identifier: Apache-2.0
// Event files of TensorBoard against published vectors and a reader of our own that knows nothing
// of the writer.
#include "core/base/event_file.h"
#include "core/base/file.h"
#include "tests/support/check.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <bit>
#include <numeric>
#include <optional>

using namespace guidino;
using guidino::test::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

std::uint64_t fixedAt(const std::string& bytes, std::size_t at, std::size_t size)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + i))} << (8 * i);
    }
    return value;
}

/// Payloads of whole, sound records from the begin on; what follows a damaged one is lost, as it is
/// for TensorBoard.
std::vector<std::string> payloadsOf(const std::string& file)
{
    std::vector<std::string> payloads;
    std::size_t at = 0;
    while (at + 16 <= file.size()) {
        const auto length = static_cast<std::size_t>(fixedAt(file, at, 8));
        if (fixedAt(file, at + 8, 4) != maskedCrc32c(file.substr(at, 8))
            || at + 16 + length > file.size()) {
            break;
        }
        const std::string payload = file.substr(at + 12, length);
        if (fixedAt(file, at + 12 + length, 4) != maskedCrc32c(payload)) {
            break;
        }
        payloads.push_back(payload);
        at += 16 + length;
    }
    return payloads;
}

struct Field
{
    int number = 0;
    std::uint64_t value = 0; ///< of numbers, as bits
    std::string bytes;
};

/// The fields of one protocol buffer.
std::vector<Field> fieldsOf(const std::string& message)
{
    std::vector<Field> fields;
    std::size_t at = 0;
    const auto varint = [&] {
        std::uint64_t value = 0;
        for (int shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(message.at(at++));
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) {
                return value;
            }
        }
    };
    while (at < message.size()) {
        const std::uint64_t key = varint();
        Field field;
        field.number = static_cast<int>(key >> 3);
        switch (key & 7) {
        case 0:
            field.value = varint();
            break;
        case 1:
            field.value = fixedAt(message, at, 8);
            at += 8;
            break;
        case 2: {
            const auto length = static_cast<std::size_t>(varint());
            field.bytes = message.substr(at, length);
            at += length;
            break;
        }
        case 5:
            field.value = fixedAt(message, at, 4);
            at += 4;
            break;
        default:
            throw std::runtime_error("no wire type of protocol buffers");
        }
        fields.push_back(field);
    }
    return fields;
}

std::optional<Field> fieldOf(const std::string& message, int number)
{
    for (const Field& field : fieldsOf(message)) {
        if (field.number == number) {
            return field;
        }
    }
    return std::nullopt;
}

} // namespace

GD_TEST(crc32cMeetsThePublishedVectors)
{
    // RFC 3720, appendix B.4; the last is the check value of the catalogue of CRCs.
    std::string rising(32, '\0');
    std::iota(rising.begin(), rising.end(), '\0');
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
    EXPECT_EQ(crc32c(rising), 0x46DD794EU);
    EXPECT_EQ(crc32c(std::string(rising.rbegin(), rising.rend())), 0x113FDB5CU);
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(""), 0U);
}

GD_TEST(recordsAreFramedAsTensorBoardFramesThem)
{
    // How every file of TensorBoard begins: the first record has 24 bytes.
    const std::string record = eventRecord(std::string(24, 'x'));
    EXPECT_EQ(record.size(), std::size_t{8 + 4 + 24 + 4});
    EXPECT(record.starts_with(std::string("\x18\0\0\0\0\0\0\0\xA3\x7F\x4B\x22", 12)));
    EXPECT_EQ(fixedAt(record, 36, 4), std::uint64_t{maskedCrc32c(std::string(24, 'x'))});
    EXPECT_EQ(payloadsOf(record + eventRecord("") + eventRecord("y")).size(), std::size_t{3});
    // A reader sees each damage.
    for (std::size_t at = 0; at < record.size(); ++at) {
        std::string damaged = record;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        EXPECT(payloadsOf(damaged).empty());
    }
}

GD_TEST(scalarsComeBackAsTheyWent)
{
    const TemporaryFolder folder;
    auto file = EventFile::create(folder / "run");
    REQUIRE_OK(file);
    EXPECT(file->path().filename().string().starts_with("events.out.tfevents."));
    REQUIRE_OK(file->addScalar("train/loss", 0.625, 1));
    REQUIRE_OK(file->addScalar("val/dsc Läsion", -1e-3, 123456789012));
    const std::string long300(300, 'n');
    REQUIRE_OK(file->addScalar(long300, std::nan(""), 0));
    REQUIRE_OK(file->addRestart(17));

    const auto content = readFile(file->path());
    REQUIRE_OK(content);
    EXPECT(content->starts_with(std::string("\x18\0\0\0\0\0\0\0\xA3\x7F\x4B\x22", 12)));
    const std::vector<std::string> events = payloadsOf(*content);
    REQUIRE(events.size() == 5);
    EXPECT_EQ(fieldOf(events[0], 3)->bytes, std::string("brain.Event:2"));
    for (const std::string& event : events) { // seconds since 1970
        const double wallTime = std::bit_cast<double>(fieldOf(event, 1)->value);
        EXPECT(wallTime > 1.7e9 && wallTime < 1e10);
    }
    const auto check =
        [](const std::string& event, std::uint64_t step, const std::string& tag, float value) {
            const auto stored = fieldOf(event, 2);
            EXPECT_EQ(stored ? stored->value : 0, step);
            const std::string point = fieldOf(fieldOf(event, 5)->bytes, 1)->bytes;
            EXPECT_EQ(fieldOf(point, 1)->bytes, tag);
            const auto read =
                std::bit_cast<float>(static_cast<std::uint32_t>(fieldOf(point, 2)->value));
            EXPECT(read == value || (std::isnan(read) && std::isnan(value)));
        };
    check(events[1], 1, "train/loss", 0.625F);
    check(events[2], 123456789012, "val/dsc Läsion", -1e-3F);
    check(events[3], 0, long300, std::nanf(""));
    EXPECT_EQ(fieldOf(events[4], 2)->value, std::uint64_t{17});
    EXPECT_EQ(fieldOf(fieldOf(events[4], 7)->bytes, 1)->value, std::uint64_t{1}); // START
}

GD_TEST(eachWriterHasItsOwnFile)
{
    const TemporaryFolder folder;
    auto first = EventFile::create(folder.path());
    auto second = EventFile::create(folder.path());
    REQUIRE_OK(first);
    REQUIRE_OK(second);
    EXPECT(first->path() != second->path());
    EXPECT(first->path() < second->path()); // read in the order of the names
    const fs::path path = first->path();
    EventFile moved = std::move(first).value();
    REQUIRE_OK(moved.addScalar("a", 1, 1));
    EXPECT_EQ(payloadsOf(*readFile(path)).size(), std::size_t{2});
}

GD_TEST(aFullDiskLeavesWholeRecords)
{
    const TemporaryFolder folder;
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=16k") != 0) {
        throw test::Skip{"needs the right to mount"};
    }
    Status status;
    std::string content;
    {
        auto file = EventFile::create(folder.path());
        REQUIRE_OK(file);
        const std::string tag(700, 't');
        for (int i = 0; i < 100 && status; ++i) {
            status = file->addScalar(tag, i, i);
        }
        content = readFile(file->path()).value();
    }
    ::umount2(folder.path().c_str(), MNT_DETACH);
    REQUIRE(!status);
    EXPECT(status.error().code == ErrorCode::CannotWrite);
    std::size_t whole = 0;
    for (const std::string& payload : payloadsOf(content)) {
        whole += payload.size() + 16;
    }
    EXPECT_EQ(whole, content.size());
}

GD_TEST(aFolderThatCannotBeMadeIsSaid)
{
    const TemporaryFolder folder;
    REQUIRE_OK(writeFileAtomically(folder / "file", ""));
    const auto file = EventFile::create(folder / "file" / "run");
    REQUIRE(!file);
    EXPECT(file.error().code == ErrorCode::CannotWrite);
}

GD_TEST_MAIN()
