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

GD_TEST_MAIN()
