// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/imaging/image_reader.h"
#include "tests/support/check.h"

#include <chrono>

using namespace guidino;
using namespace guidino::imaging;

namespace {

/// Whatever the bytes, decoding ends with pixels that fit their header or with an error that names
/// the file.
void decodeAny(const std::string& bytes, const std::string& name)
{
    const auto image = decodeImage(bytes, name);
    if (!image) {
        EXPECT(
            image.error().code == ErrorCode::BadInput
            || image.error().code == ErrorCode::OutOfMemory);
        EXPECT(image.error().message.starts_with(name));
        return;
    }
    const Raster8 rgb = toRgb8(*image);
    EXPECT(rgb.size() == image->info.size);
    EXPECT_EQ(rgb.channels(), 3);
    EXPECT(toGrey8(*image).size() == image->info.size);
}

} // namespace

GD_TEST(damagedBytesNeverCrash)
{
    std::mt19937 random(20240611);
    const auto folder = std::filesystem::path(GUIDINO_SOURCE_DIR) / "tests" / "data" / "images";
    int decoded = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto bytes = readFile(entry.path());
        REQUIRE_OK(bytes);
        const std::string name = entry.path().filename().string();
        for (int round = 0; round < 60; ++round) {
            std::string damaged = *bytes;
            if (round % 3 != 0) {
                for (unsigned i = 0; i < 1 + random() % 4; ++i) {
                    // The start of a file holds what decides most.
                    const std::size_t range = random() % 2 == 0
                                                  ? damaged.size()
                                                  : std::min<std::size_t>(damaged.size(), 256);
                    damaged[random() % range] = static_cast<char>(random());
                }
            }
            if (round % 3 != 1) {
                damaged.resize(random() % (damaged.size() + 1));
            }
            decodeAny(damaged, name);
            ++decoded;
        }
    }
    EXPECT(decoded > 2000);
}

GD_TEST(everyPrefixOfSmallFilesIsHandled)
{
    const auto folder = std::filesystem::path(GUIDINO_SOURCE_DIR) / "tests" / "data" / "images";
    for (const char* name : {"rgb.png", "exif6.jpg", "rgb_lzw.tif", "rgba.webp", "rle8.bmp"}) {
        const auto bytes = readFile(folder / name);
        REQUIRE_OK(bytes);
        for (std::size_t length = 0; length < bytes->size(); length += 1 + length / 64) {
            decodeAny(bytes->substr(0, length), name);
        }
    }
}

GD_TEST_MAIN()
