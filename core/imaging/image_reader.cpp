// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_reader.h"

#include "core/base/file.h"
#include "core/imaging/codec.h"

#include <algorithm>
#include <cctype>
#include <new>

namespace guidino::imaging {

namespace {

struct Codec
{
    const char* format;
    const char* display;
    std::vector<std::string> extensions;
    bool (*matches)(std::string_view);
    Decoded (*decode)(Bytes, Extent);
};

const std::vector<Codec>& codecs()
{
    static const std::vector<Codec> all{
        {"png",
         "PNG",
         {".png", ".apng"},
         [](std::string_view data) { return data.starts_with("\x89PNG\r\n\x1a\n"); },
         decodePng},
        {"jpeg",
         "JPEG",
         {".jpg", ".jpeg", ".jpe", ".jfif"},
         [](std::string_view data) { return data.starts_with("\xff\xd8\xff"); },
         decodeJpeg},
        {"tiff",
         "TIFF",
         {".tif", ".tiff"},
         [](std::string_view data) {
             using namespace std::string_view_literals;
             return data.starts_with("II*\0"sv) || data.starts_with("MM\0*"sv)
                    || data.starts_with("II+\0"sv) || data.starts_with("MM\0+"sv);
         },
         decodeTiff},
        {"webp",
         "WebP",
         {".webp"},
         [](std::string_view data) {
             return data.starts_with("RIFF") && data.size() >= 12 && data.substr(8, 4) == "WEBP";
         },
         decodeWebp},
        {"bmp",
         "BMP",
         {".bmp", ".dib"},
         [](std::string_view data) { return data.starts_with("BM") && data.size() >= 26; },
         decodeBmp},
    };
    return all;
}

std::string lowerExtension(const std::filesystem::path& path)
{
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return extension;
}

Error badImage(const std::string& name, const std::string& what)
{
    return Error{ErrorCode::BadInput, name + ": " + what, {{"file", name}}};
}

bool isGrey(const Colour& colour)
{
    return colour[0] == colour[1] && colour[1] == colour[2];
}

/// What all formats share: the name's warning, orientation, palette kind.
void finishInfo(ImageInfo& info, const Codec& codec, const std::string& name)
{
    const std::string extension = lowerExtension(name);
    const bool isExpected =
        extension.empty()
        || std::find(codec.extensions.begin(), codec.extensions.end(), extension)
               != codec.extensions.end();
    if (!isExpected) {
        info.warnings.insert(
            info.warnings.begin(),
            std::string(codec.display) + " data in a file named " + extension);
    }
    info.paletteIsGrey =
        info.isPalette && std::all_of(info.palette.begin(), info.palette.end(), isGrey);
    if (info.orientation >= 5) {
        std::swap(info.size.width, info.size.height);
        if (info.spacingMm) {
            std::swap(info.spacingMm->x, info.spacingMm->y);
        }
    }
}

Result<DecodedImage> decode(std::string_view data, const std::string& name, Extent extent)
{
    if (data.empty()) {
        return badImage(name, "the file is empty");
    }
    const auto codec = std::find_if(codecs().begin(), codecs().end(), [data](const Codec& known) {
        return known.matches(data);
    });
    if (codec == codecs().end()) {
        return badImage(name, "not an image (PNG, JPEG, TIFF, WebP or BMP)");
    }
    try {
        const Bytes bytes{reinterpret_cast<const std::uint8_t*>(data.data()), data.size()};
        Decoded decoded = codec->decode(bytes, extent);
        finishInfo(decoded.info, *codec, name);
        DecodedImage image;
        if (decoded.is16Bit) {
            image.pixels = oriented(std::move(decoded.pixels16), decoded.info.orientation);
        } else {
            image.pixels = oriented(std::move(decoded.pixels8), decoded.info.orientation);
        }
        image.info = std::move(decoded.info);
        image.paletteAlpha = std::move(decoded.paletteAlpha);
        std::visit([&](auto& pixels) { pixels.spacingMm = image.info.spacingMm; }, image.pixels);
        return image;
    } catch (const std::bad_alloc&) {
        return Error{
            ErrorCode::OutOfMemory, name + ": not enough memory for this image", {{"file", name}}};
    } catch (const TooLargeError& problem) {
        return badImage(name, problem.what()).with("reason", "too_large");
    } catch (const std::exception& problem) {
        return badImage(name, problem.what());
    }
}

/// Runs a conversion of a decoded file; running out of memory is an error here too.
template<typename Convert>
auto converted(const std::filesystem::path& path, Convert convert)
    -> Result<decltype(convert(std::declval<DecodedImage>()))>
{
    auto image = readImage(path);
    if (!image) {
        return std::move(image).error();
    }
    try {
        return convert(std::move(*image));
    } catch (const std::bad_alloc&) {
        return Error{
            ErrorCode::OutOfMemory,
            path.string() + ": not enough memory for this image",
            {{"file", path.string()}}};
    }
}

} // namespace

void checkSize(std::int64_t width, std::int64_t height)
{
    if (width <= 0 || height <= 0) {
        throw CodecError(
            "damaged image: its size is " + std::to_string(width) + " x " + std::to_string(height));
    }
    if (width > kMaxImagePixels || height > kMaxImagePixels || width * height > kMaxImagePixels) {
        throw TooLargeError(
            "its size of " + std::to_string(width) + " x " + std::to_string(height)
            + " pixels is above the limit of 400 megapixels; cut it into parts first");
    }
}

Result<ImageInfo> decodeImageInfo(std::string_view bytes, const std::string& name)
{
    auto image = decode(bytes, name, Extent::HeaderOnly);
    if (!image) {
        return std::move(image).error();
    }
    return std::move(image->info);
}

Result<DecodedImage> decodeImage(std::string_view bytes, const std::string& name)
{
    return decode(bytes, name, Extent::Pixels);
}

Result<ImageInfo> readImageInfo(const std::filesystem::path& path)
{
    const auto bytes = readFile(path);
    if (!bytes) {
        return bytes.error();
    }
    return decodeImageInfo(*bytes, path.string());
}

Result<DecodedImage> readImage(const std::filesystem::path& path)
{
    const auto bytes = readFile(path);
    if (!bytes) {
        return bytes.error();
    }
    return decodeImage(*bytes, path.string());
}

Result<Raster8> readRgb8(const std::filesystem::path& path)
{
    return converted(path, [](DecodedImage image) {
        if (auto* pixels = std::get_if<Raster8>(&image.pixels);
            pixels != nullptr && pixels->channels() == 3) {
            return std::move(*pixels);
        }
        return toRgb8(image);
    });
}

Result<std::optional<ReducedImage>>
readRgb8Reduced(const std::filesystem::path& path, int leastSide)
{
    const auto data = readFile(path);
    if (!data) {
        return data.error();
    }
    if (!data->starts_with("\xff\xd8\xff")) {
        return std::optional<ReducedImage>();
    }
    const std::string name = path.string();
    try {
        const Bytes bytes{reinterpret_cast<const std::uint8_t*>(data->data()), data->size()};
        const Size stored = decodeJpeg(bytes, Extent::HeaderOnly).info.size;
        constexpr int kMostHalvings = 3;
        int halvings = 0;
        while (halvings < kMostHalvings
               && std::max(stored.width, stored.height) >> (halvings + 1) >= leastSide) {
            ++halvings;
        }
        if (halvings == 0) {
            return std::optional<ReducedImage>();
        }
        Decoded decoded = decodeJpegReduced(bytes, halvings);
        DecodedImage image;
        image.info = std::move(decoded.info);
        image.pixels = oriented(std::move(decoded.pixels8), image.info.orientation);
        ReducedImage reduced{toRgb8(image), stored, halvings};
        if (image.info.orientation >= 5) {
            std::swap(reduced.size.width, reduced.size.height);
        }
        reduced.pixels.spacingMm = image.info.spacingMm;
        if (image.info.orientation >= 5 && reduced.pixels.spacingMm) {
            std::swap(reduced.pixels.spacingMm->x, reduced.pixels.spacingMm->y);
        }
        return std::optional(std::move(reduced));
    } catch (const std::bad_alloc&) {
        return Error{
            ErrorCode::OutOfMemory, name + ": not enough memory for this image", {{"file", name}}};
    } catch (const std::exception& problem) {
        return badImage(name, problem.what());
    }
}

Result<Raster8> readGrey8(const std::filesystem::path& path)
{
    return converted(path, [](DecodedImage image) {
        if (auto* pixels = std::get_if<Raster8>(&image.pixels);
            pixels != nullptr && pixels->channels() == 1 && !image.info.isPalette) {
            return std::move(*pixels);
        }
        return toGrey8(image);
    });
}

Result<Raster16> readGrey16(const std::filesystem::path& path)
{
    return converted(path, [](const DecodedImage& image) {
        if (const auto* deep = std::get_if<Raster16>(&image.pixels);
            deep != nullptr && deep->channels() == 1) {
            return *deep;
        }
        const Raster8 grey = toGrey8(image);
        Raster16 result(grey.width(), grey.height());
        result.spacingMm = grey.spacingMm;
        std::transform(
            grey.pixels().begin(), grey.pixels().end(), result.data(), [](std::uint8_t value) {
                return static_cast<std::uint16_t>(value * 257);
            });
        return result;
    });
}

bool hasImageExtension(const std::filesystem::path& path)
{
    const std::string extension = lowerExtension(path);
    return std::any_of(codecs().begin(), codecs().end(), [&](const Codec& codec) {
        return std::find(codec.extensions.begin(), codec.extensions.end(), extension)
               != codec.extensions.end();
    });
}

} // namespace guidino::imaging
