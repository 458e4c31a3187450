// SPDX-License-Identifier: Apache-2.0
#include "core/base/cancel_token.h"
#include "core/base/file.h"
#include "core/base/file_copy.h"
#include "core/base/geometry.h"
#include "core/base/html_text.h"
#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/base/sha256.h"
#include "core/base/threads.h"
#include "tests/support/check.h"

#include <sys/resource.h>
#include <unistd.h>

using namespace guidino;

namespace {

Raster8 randomRaster(int width, int height, unsigned seed)
{
    std::mt19937 generator(seed);
    Raster8 raster(width, height);
    for (std::uint8_t& value : raster.pixels()) {
        value = static_cast<std::uint8_t>(generator() % 5);
    }
    return raster;
}

} // namespace

GD_TEST(sha256MeetsThePublishedVectors)
{
    // FIPS 180-4 examples.
    EXPECT_EQ(
        sha256Of(""),
        std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    EXPECT_EQ(
        sha256Of("abc"),
        std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    EXPECT_EQ(
        sha256Of(std::string(1000000, 'a')),
        std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

GD_TEST(labelMapGivesBackItsRaster)
{
    for (const auto& [width, height] :
         {std::pair(1, 1), std::pair(64, 64), std::pair(65, 63), std::pair(200, 130)}) {
        const Raster8 raster = randomRaster(width, height, 7);
        const LabelMap map = LabelMap::fromRaster(raster);
        EXPECT(map.toRaster() == raster);
        EXPECT_EQ(map.at(width - 1, height - 1), raster.at(width - 1, height - 1));
        const Rect part{width / 3, height / 4, width / 2, height / 2};
        const Raster8 cut = map.toRaster(part);
        for (int y = 0; y < part.height; ++y) {
            for (int x = 0; x < part.width; ++x) {
                EXPECT_EQ(cut.at(x, y), raster.at(part.x + x, part.y + y));
            }
        }
    }
}

GD_TEST(copiesOfALabelMapShareTilesUntilOneChanges)
{
    const LabelMap original = LabelMap::fromRaster(randomRaster(200, 130, 3));
    LabelMap copy = original;
    EXPECT(copy.tile(2) == original.tile(2));
    LabelMap::Tile changed = *original.tile(2);
    changed[5] = 99;
    LabelMapWriter(copy).setTile(2, std::make_shared<const LabelMap::Tile>(changed));
    EXPECT(!(copy == original));
    EXPECT(copy.tile(1) == original.tile(1));
    EXPECT_EQ(copy.at(2 * 64 + 5, 0), std::uint8_t{99});
    EXPECT(original.at(2 * 64 + 5, 0) != 99);
}

GD_TEST(rectanglesIntersectAndUnite)
{
    const Rect a{0, 0, 10, 10};
    EXPECT(a.intersected({5, 6, 10, 10}) == (Rect{5, 6, 5, 4}));
    EXPECT(a.intersected({10, 0, 5, 5}).isEmpty());
    EXPECT(a.united({5, 6, 10, 10}) == (Rect{0, 0, 15, 16}));
    EXPECT(a.united({}) == a);
}

GD_TEST(atomicWriteReplacesOrLeavesTheOldFile)
{
    const test::TemporaryFolder folder;
    const auto path = folder / "value.txt";
    REQUIRE_OK(writeFileAtomically(path, "one"));
    REQUIRE_OK(writeFileAtomically(path, "two"));
    EXPECT_EQ(readFile(path).value(), std::string("two"));
    {
        auto file = AtomicFile::create(path);
        REQUIRE_OK(file);
        REQUIRE_OK(file->write("three"));
    }
    EXPECT_EQ(readFile(path).value(), std::string("two"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

GD_TEST(writeFailuresAreNamed)
{
    const test::TemporaryFolder folder;
    const auto blocked = folder / "a-file";
    REQUIRE_OK(writeFileAtomically(blocked, "x"));
    const Status status = writeFileAtomically(blocked / "below.txt", "y");
    REQUIRE(!status);
    EXPECT(status.error().code == ErrorCode::CannotWrite);
    EXPECT(status.error().message.find("below.txt") != std::string::npos);
    EXPECT_EQ(exitCodeOf(status.error().code), 6);
    const Status made = makeFolder(blocked / "folder");
    REQUIRE(!made);
    EXPECT(made.error().code == ErrorCode::CannotWrite);
}

GD_TEST(missingFilesAndFoldersAreDifferentErrors)
{
    const test::TemporaryFolder folder;
    EXPECT(readFile(folder / "nothing").error().code == ErrorCode::NotFound);
    EXPECT(readFile(folder.path()).error().code == ErrorCode::BadInput);
    EXPECT(MappedFile::open(folder / "nothing").error().code == ErrorCode::NotFound);
    EXPECT(sha256OfFile(folder / "nothing").error().code == ErrorCode::NotFound);
}

GD_TEST(filesAreCopiedWhole)
{
    const test::TemporaryFolder folder;
    EXPECT(!isThere(folder / "from"));
    REQUIRE_OK(writeFileAtomically(folder / "from", std::string("a\0b", 3)));
    REQUIRE_OK(writeFileAtomically(folder / "to", "older and longer"));
    EXPECT(isThere(folder / "from") && isThere(folder.path()));
    REQUIRE_OK(copyFile(folder / "from", folder / "to"));
    EXPECT_EQ(readFile(folder / "to").value(), std::string("a\0b", 3));
    EXPECT(copyFile(folder / "nothing", folder / "to").error().code == ErrorCode::NotFound);
    EXPECT_EQ(readFile(folder / "to").value().size(), std::size_t{3});
    EXPECT(
        copyFile(folder / "from", folder / "to" / "below").error().code == ErrorCode::CannotWrite);
    EXPECT(!isThere(folder / "to" / "below"));
}

GD_TEST(threadsAreThoseWantedOrOneACore)
{
    EXPECT(coreCount() >= 1);
    EXPECT_EQ(threadsFor(3), 3);
    EXPECT_EQ(threadsFor(0), coreCount());
    EXPECT_EQ(threadsFor(-1), coreCount());
}

GD_TEST(userDataFolderFollowsTheEnvironment)
{
    ::setenv("GUIDINO_HOME", "/somewhere", 1);
    EXPECT_EQ(userDataFolder().string(), std::string("/somewhere"));
    ::unsetenv("GUIDINO_HOME");
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(userDataFolder().string(), std::string("/data/guidino"));
    ::unsetenv("XDG_DATA_HOME");
}

GD_TEST(cancelTokensShareTheirState)
{
    const CancelToken token;
    const CancelToken copy =
        token; // NOLINT(performance-unnecessary-copy-initialization): the copy is the point
    EXPECT(!copy.isCancelled());
    token.cancel();
    EXPECT(copy.isCancelled());
}

GD_TEST(textIsEscapedForHtml)
{
    EXPECT_EQ(
        htmlEscaped("<a href='x'>&\"</a>"),
        std::string("&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;"));
    EXPECT_EQ(
        htmlEscaped("Gr\xc3\xb6\xc3\x9f"
                    "e 3 mm"),
        std::string("Gr\xc3\xb6\xc3\x9f"
                    "e 3 mm"));
}

GD_TEST_MAIN()
