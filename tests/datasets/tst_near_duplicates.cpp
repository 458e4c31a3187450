// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/near_duplicates.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/resize.h"
#include "tests/datasets/image_files.h"

#include <map>
#include <set>

using namespace guidino;
using datasets::NearDuplicate;

namespace {

std::vector<NearDuplicate> foundIn(
    const std::vector<Raster8>& images,
    double threshold = datasets::NearDuplicateOptions().threshold)
{
    datasets::NearDuplicateFinder finder(images.size(), {threshold, 2});
    for (std::size_t i = 0; i < images.size(); ++i) {
        finder.add(i, images[i]);
    }
    auto found = finder.find();
    REQUIRE_OK(found);
    return std::move(*found);
}

/// The picture with a caption of stripes, a filled box and a black frame.
Raster8 withOverlays(const Raster8& image)
{
    Raster8 result(image.width() + 60, image.height() + 20, 3);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            for (int c = 0; c < 3; ++c) {
                const bool isStripe = y > 6 && y < 16 && x < 90 && x % 6 < 3;
                const bool isBox = y > image.height() * 2 / 3 && x < image.width() / 4;
                result.at(x + 50, y + 10, c) = isStripe ? std::uint8_t{255}
                                               : isBox  ? std::uint8_t(c == 1 ? 200 : 30)
                                                        : image.at(x, y, c);
            }
        }
    }
    return result;
}

/// Darker and with less contrast.
Raster8 dimmed(Raster8 image)
{
    for (std::uint8_t& value : image.pixels()) {
        value = static_cast<std::uint8_t>(30 + value * 6 / 10);
    }
    return image;
}

} // namespace

GD_TEST(copiesAreFound)
{
    std::vector<Raster8> images;
    constexpr int kCount = 24;
    for (unsigned i = 0; i < kCount; ++i) {
        images.push_back(test::scene(300, 240, 100 + i));
    }
    const std::map<std::string, Raster8> changed = {
        {"half size", imaging::resizeSmooth(images[0], {150, 120})},
        {"squashed", imaging::resizeSmooth(images[0], {200, 200})},
        {"double size", imaging::resizeSmooth(images[0], {600, 480})},
        {"crop", imaging::crop(images[0], {40, 30, 200, 170})},
        {"corner", imaging::crop(images[0], {0, 0, 180, 150})},
        {"dimmed", dimmed(images[0])},
        {"overlays", withOverlays(images[0])},
        {"dimmed crop", dimmed(imaging::crop(images[0], {30, 20, 240, 200}))}};
    for (const auto& [what, copy] : changed) {
        std::vector<Raster8> all = images;
        all.push_back(copy);
        const auto found = foundIn(all);
        if (found.size() != 1 || found[0].a != 0 || found[0].b != kCount) {
            test::fail(__FILE__, __LINE__, what + ": " + std::to_string(found.size()) + " pairs");
        }
    }
}

GD_TEST(differentPicturesAreNot)
{
    std::vector<Raster8> images;
    for (unsigned i = 0; i < 60; ++i) {
        // The same frame and caption around each.
        images.push_back(withOverlays(test::scene(220, 180, 500 + i)));
    }
    EXPECT_EQ(foundIn(images).size(), 0U);
}

GD_TEST(plainAndTinyPictures)
{
    std::vector<Raster8> images = {
        Raster8(64, 64, 3),
        Raster8(64, 64, 3),
        Raster8(1, 1, 3),
        Raster8(3, 400, 1),
        Raster8(),
        test::scene(40, 40, 1)};
    EXPECT_EQ(foundIn(images).size(), 0U);
    EXPECT_EQ(foundIn({}).size(), 0U);
}

GD_TEST(searchIsCancelled)
{
    datasets::NearDuplicateFinder finder(2);
    finder.add(0, test::scene(60, 60, 1));
    finder.add(1, test::scene(60, 60, 1));
    CancelToken cancel;
    cancel.cancel();
    const auto found = finder.find(cancel);
    REQUIRE(!found);
    EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(finder.find()->size(), 1U);
    EXPECT_NEAR(finder.find()->front().score, 1.0, 1e-6);
}

GD_TEST(chainsBecomeOneGroup)
{
    datasets::Dataset dataset;
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
        datasets::Sample sample;
        sample.name = name;
        dataset.samples.push_back(sample);
    }
    dataset.samples[3].group = "p1";
    dataset.samples[4].group = "p1";
    datasets::groupByNearDuplicates(dataset, {{0, 2, 1}, {2, 4, 1}});
    std::string groups;
    for (const auto& sample : dataset.samples) {
        groups += sample.group + ",";
    }
    EXPECT_EQ(groups, "a,,a,a,a,,");
}

/// Known pairs of Kvasir-SEG, checked by eye: parts of the test images shown again, at another
/// size, with another frame or from a neighbouring moment.
GD_TEST(knownPairsOfKvasir)
{
    const auto folder = test::dataFolder() / "kvasir-seg";
    if (!std::filesystem::is_directory(folder)) {
        throw test::Skip{"no kvasir-seg"};
    }
    const std::vector<std::string> names = {
        "train/images/cjz14qsk2wci60794un9ozwmw.jpg", "valid/images/cju2i6acqvo6l0799u20fift8.jpg",
        "train/images/cjyzurzvohqnr0794es1itzek.jpg", "valid/images/cju1g20bdwq6u0835e16xugcd.jpg",
        "train/images/cjyzu3reghjya0794w7pwoi50.jpg", "valid/images/cju7b10ce1mnm08011c5bwyr4.jpg",
        "train/images/cju8amfdtqi4x09871tygrgqe.jpg", "train/images/cju886ryxnsl50801r93jai7q.jpg",
        "train/images/cju7fnfv02tt90801djnix9m8.jpg", "train/images/cjyzuio1qgh040763k56deohv.jpg",
        "train/images/cju7ehljc2or70871261br8ai.jpg", "train/images/cjyzufihqquiw0a46jatrbwln.jpg",
        "train/images/cju77g99iyxc00817zqi2ppor.jpg", "train/images/cjyztzaqtrv430848l8xgcerw.jpg",
        "train/images/cju76lsehyia10987u54vn8rb.jpg", "train/images/cju772304yw5t0818vbw8kkjf.jpg",
        "train/images/cju5ddda9bkkt0850enzwatb1.jpg", "train/images/cjyzkpsbjdsjq07211dfi4sru.jpg",
        "train/images/cju30bmab08bi0835mvlr6e0r.jpg", "train/images/cju77k828z46w0871r0avuoo9.jpg",
        "train/images/cju1dfeupuzlw0835gnxip369.jpg", "train/images/cjyzul1qggwwj07216mhiv5sy.jpg",
        "train/images/cju5fydrud94708507vo6oy21.jpg", "train/images/cju7avvi51iox0817ym55y6tt.jpg",
        "train/images/cju5y4hgqmk0i08180rjhbwvp.jpg", "valid/images/cjyzlw7f9faqr070129au64sq.jpg",
        "train/images/cju3tp94kfstl08181awh6z49.jpg", "train/images/cjyzk8qieoboa0848ogj51wwm.jpg",
        "train/images/cju45jpvfn6c809873pv1i34s.jpg", "train/images/cjyzkmjy8evns070165gf9dmq.jpg",
        "train/images/cju43b8daly4408170e5ev06g.jpg", "valid/images/cju8bbznkrf5g0871jncffynk.jpg",
        "train/images/cju5vbo6jldrt0871jf6f1700.jpg", "train/images/cju7aqkue1i2k09879uzcpt8r.jpg",
        "train/images/cju88rl5eo94l0850kf5wtrm1.jpg", "valid/images/cju6wuojavt740818b5qcv3iw.jpg",
        "train/images/cju40m0rjkpw80871z6n6yg1u.jpg", "train/images/cju83kxitjv340987z09m0ezy.jpg",
        "test/images/cju3xhpvvimda0987ygrpzni2.jpg",  "train/images/cju5bf6hxa6m50817rbwettgu.jpg",
        "train/images/cju6xlygpw7bs0818n691jsq4.jpg", "valid/images/cju2qxxko229x08786gvxxhur.jpg",
    };
    std::vector<Raster8> images;
    for (const std::string& name : names) {
        auto image = imaging::readRgb8(folder / name);
        REQUIRE_OK(image);
        images.push_back(std::move(*image));
    }
    std::set<std::pair<std::size_t, std::size_t>> found;
    for (const NearDuplicate& pair : foundIn(images)) {
        found.emplace(pair.a, pair.b);
    }
    for (std::size_t i = 0; i + 1 < names.size(); i += 2) {
        if (!found.contains({i, i + 1})) {
            test::fail(__FILE__, __LINE__, names[i] + " and " + names[i + 1] + " not found");
        }
    }
    EXPECT_EQ(found.size(), names.size() / 2);
}

GD_TEST_MAIN()
