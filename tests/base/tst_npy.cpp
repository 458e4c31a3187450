// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/base/npz.h"
#include "tests/support/check.h"

using namespace guidino;

namespace {

std::string npyBytes(const std::string& dictionary, const std::string& data)
{
    std::string header = dictionary + "\n";
    std::string bytes{"\x93NUMPY\x01\x00", 8};
    bytes += static_cast<char>(header.size() & 0xFFU);
    bytes += static_cast<char>(header.size() >> 8U);
    return bytes + header + data;
}

} // namespace

GD_TEST(arraysAreReadBack)
{
    const test::TemporaryFolder folder;
    const std::vector<float> values{0.5F, -1.0F, 2.0F, 3.0F, 4.0F, 1e-9F};
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{2, 3}, {6}, {1, 2, 3}, {3, 2}}) {
        REQUIRE_OK(writeNpy(folder / "a.npy", shape, values));
        const auto array = readNpy(folder / "a.npy");
        REQUIRE_OK(array);
        EXPECT(array->shape == shape);
        EXPECT(array->values == values);
        const auto bytes = readFile(folder / "a.npy");
        REQUIRE_OK(bytes);
        EXPECT_EQ((bytes->size() - values.size() * 4) % 64, std::size_t{0});
    }
    EXPECT(!writeNpy(folder / "b.npy", {7}, values));
}

GD_TEST(otherTypesAndFortranOrderAreConverted)
{
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeFileAtomically(
        folder / "u.npy",
        npyBytes(
            "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
            std::string("\x00\x01\x02\x03\x04\xff", 6))));
    const auto array = readNpy(folder / "u.npy");
    REQUIRE_OK(array);
    EXPECT((array->values == std::vector<float>{0, 2, 4, 1, 3, 255}));
}

GD_TEST(damagedFilesAreRefused)
{
    const test::TemporaryFolder folder;
    const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    const std::vector<std::string> damaged{
        "",
        "no array",
        npyBytes(good, "1234567"),
        npyBytes(good, "123456789"),
        npyBytes(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", ""),
        npyBytes("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "12345678"),
        npyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "12345678"),
        npyBytes("{'descr': '<f4", ""),
        npyBytes(good, "12345678").substr(0, 30),
    };
    for (const std::string& bytes : damaged) {
        REQUIRE_OK(writeFileAtomically(folder / "d.npy", bytes));
        const auto array = readNpy(folder / "d.npy");
        REQUIRE(!array);
        EXPECT(array.error().code == ErrorCode::BadInput);
        EXPECT(array.error().message.find("d.npy") != std::string::npos);
    }
    EXPECT(readNpy(folder / "absent.npy").error().code == ErrorCode::NotFound);
}

GD_TEST(archivesHoldOneArray)
{
    const test::TemporaryFolder folder;
    const std::vector<float> values{0.5F, -1.0F, 2.0F, 3.0F, 4.0F, 1e-9F};
    const std::filesystem::path file = folder / "a.npz";
    REQUIRE_OK(writeNpz(file, "probabilities", {2, 1, 3}, values));
    const auto array = readNpz(file, "probabilities");
    REQUIRE_OK(array);
    EXPECT((array->shape == std::vector<std::int64_t>{2, 1, 3}));
    EXPECT(array->values == values);
    EXPECT(!readNpz(file, "other"));

    const auto bytes = readFile(file);
    REQUIRE_OK(bytes);
    std::string damaged = *bytes;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    for (const std::string& text :
         {damaged, bytes->substr(0, bytes->size() - 5), bytes->substr(40), std::string("PK")}) {
        REQUIRE_OK(writeFileAtomically(file, text));
        EXPECT(!readNpz(file, "probabilities"));
    }
}

#ifdef GUIDINO_WITH_ZLIB
GD_TEST(compressedArchivesAreRead)
{
    // Python: zipfile with ZIP_DEFLATED and force_zip64, as numpy.savez_compressed writes them;
    // float16 of shape (2, 1, 40), values i % 3 * 0.5.
    const std::string hex =
        "504b03042d0000000800000021008aae867fffffffffffffffff1100140070726f626162696c69746965732e"
        "6e707901001000200100000000000053000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a0"
        "6e9366a4aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a0a863a0a2606"
        "9a3a0ab50a64012e0606060b069bc14b0200504b01022d032d0000000800000021008aae867f530000002001"
        "000011000000000000000000000080010000000070726f626162696c69746965732e6e7079504b0506000000"
        "00010001003f000000960000000000";
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "a.npz";
    REQUIRE_OK(writeFileAtomically(file, bytes));
    const auto array = readNpz(file, "probabilities");
    REQUIRE_OK(array);
    EXPECT((array->shape == std::vector<std::int64_t>{2, 1, 40}));
    for (std::size_t i = 0; i < array->values.size(); ++i) {
        EXPECT_EQ(array->values[i], static_cast<float>(i % 3) * 0.5F);
    }
    // A byte of the compressed data, its length in the directory, its end.
    for (const std::size_t at : {std::size_t{90}, bytes.size() - 22 - 63 + 24}) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        REQUIRE_OK(writeFileAtomically(file, damaged));
        EXPECT(!readNpz(file, "probabilities"));
    }
}
#endif

GD_TEST(halfPrecisionIsRead)
{
    const test::TemporaryFolder folder;
    std::string bytes = npyHeader({5});
    bytes.replace(bytes.find("<f4"), 3, "<f2");
    for (const int bits : {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x8000}) {
        bytes += static_cast<char>(bits & 0xff);
        bytes += static_cast<char>(bits >> 8);
    }
    REQUIRE_OK(writeFileAtomically(folder / "h.npy", bytes));
    const auto array = readNpy(folder / "h.npy");
    REQUIRE_OK(array);
    EXPECT((array->values == std::vector<float>{1, -2, 5.9604644775390625e-8F, 65504, 0}));
}

GD_TEST_MAIN()
