// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_case.h"

#include "core/imaging/image_reader.h"

#include <string>
#include <utility>
#include <variant>

namespace guidino::datasets {

namespace fs = std::filesystem;

namespace {

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

Status addChannels(const fs::path& file, NnunetChannels& all)
{
    const Result<imaging::DecodedImage> image = imaging::readImage(file);
    if (!image) {
        return image.error();
    }
    Size size;
    const auto take = [&](const auto& raster) {
        size = raster.size();
        const auto count = static_cast<std::size_t>(raster.channels());
        const auto pixels = static_cast<std::size_t>(size.area());
        for (std::size_t c = 0; c < count; ++c) {
            std::vector<float> channel(pixels);
            for (std::size_t i = 0; i < pixels; ++i) {
                channel[i] = static_cast<float>(raster.pixels()[i * count + c]);
            }
            all.channels.push_back(std::move(channel));
        }
    };
    if (image->info.isPalette) {
        take(imaging::toRgb8(*image));
    } else {
        std::visit(take, image->pixels);
    }
    if (!all.size.isEmpty() && !(all.size == size)) {
        return bad(file, "its channels differ in size");
    }
    all.size = size;
    return {};
}

} // namespace

Result<NnunetChannels> readNnunetChannels(const std::vector<fs::path>& files, std::size_t wanted)
{
    NnunetChannels all;
    for (const fs::path& file : files) {
        GD_TRY(addChannels(file, all));
    }
    if (all.channels.size() == 1 && wanted == 3) {
        all.channels.resize(3, all.channels[0]); // a grey picture in a set of colour ones
    }
    if (all.channels.size() != wanted) {
        return bad(
            files.empty() ? fs::path() : files.front(),
            "has " + std::to_string(all.channels.size()) + " channels, dataset.json names "
                + std::to_string(wanted));
    }
    return all;
}

} // namespace guidino::datasets
