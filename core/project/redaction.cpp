// SPDX-License-Identifier: Apache-2.0
#include "core/project/redaction.h"

#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/project/project_store.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cmath>

namespace guidino::project {

namespace {

constexpr auto kProjectKey = "redaction";

QString keyOf(ImageId image)
{
    return QStringLiteral("redaction/%1").arg(image.value);
}

Result<RedactionRegions> read(const ProjectStore& store, const QString& key)
{
    const auto text = store.info(key);
    if (!text) {
        return text.error();
    }
    RedactionRegions regions;
    if (text->isEmpty()) {
        return regions;
    }
    const QJsonDocument document = QJsonDocument::fromJson(text->toUtf8());
    const QJsonArray list = document.array();
    for (const QJsonValue& value : list) {
        const QJsonArray numbers = value.toArray();
        regions.push_back(
            {numbers.at(0).toDouble(),
             numbers.at(1).toDouble(),
             numbers.at(2).toDouble(),
             numbers.at(3).toDouble()});
    }
    if (!document.isArray() || regions.empty()) {
        // Going on without them would show what somebody wanted hidden.
        return Error{
            ErrorCode::BadInput,
            "the redaction regions '" + key.toStdString()
                + "' of this project are damaged; draw them anew",
            {{"key", key.toStdString()}}};
    }
    return regions;
}

Status write(ProjectStore& store, const QString& key, const RedactionRegions& regions)
{
    if (regions.empty()) {
        return store.removeInfo(key);
    }
    QJsonArray list;
    for (const RedactionRegion& region : regions) {
        list.append(QJsonArray{region.x, region.y, region.width, region.height});
    }
    return store.setInfo(
        key, QString::fromUtf8(QJsonDocument(list).toJson(QJsonDocument::Compact)));
}

template<typename T>
void blackenAny(Raster<T>& image, const std::vector<Rect>& rects)
{
    for (const Rect& wanted : rects) {
        const Rect rect = wanted.intersected({0, 0, image.width(), image.height()});
        for (int y = rect.y; y < rect.bottom(); ++y) {
            T* const first = image.row(y) + static_cast<std::ptrdiff_t>(rect.x) * image.channels();
            std::fill_n(
                first,
                static_cast<std::size_t>(rect.width) * static_cast<std::size_t>(image.channels()),
                T{0});
        }
    }
}

} // namespace

Result<RedactionRegions> projectRedactions(const ProjectStore& store)
{
    return read(store, QLatin1StringView(kProjectKey));
}

Status setProjectRedactions(ProjectStore& store, const RedactionRegions& regions)
{
    return write(store, QLatin1StringView(kProjectKey), regions);
}

Result<RedactionRegions> imageRedactions(const ProjectStore& store, ImageId image)
{
    return read(store, keyOf(image));
}

Status setImageRedactions(ProjectStore& store, ImageId image, const RedactionRegions& regions)
{
    return write(store, keyOf(image), regions);
}

Result<RedactionRegions> redactionsOf(const ProjectStore& store, ImageId image)
{
    auto regions = projectRedactions(store);
    if (!regions) {
        return regions;
    }
    auto own = imageRedactions(store, image);
    if (!own) {
        return own;
    }
    regions->insert(regions->end(), own->begin(), own->end());
    return regions;
}

std::vector<Rect> redactedRects(const RedactionRegions& regions, Size size)
{
    std::vector<Rect> rects;
    for (const RedactionRegion& region : regions) {
        const auto low = [](double share, int side) {
            return static_cast<int>(std::floor(std::clamp(share, 0.0, 1.0) * side));
        };
        const auto high = [](double share, int side) {
            return static_cast<int>(std::ceil(std::clamp(share, 0.0, 1.0) * side));
        };
        const Rect rect{
            low(region.x, size.width),
            low(region.y, size.height),
            high(region.x + region.width, size.width) - low(region.x, size.width),
            high(region.y + region.height, size.height) - low(region.y, size.height)};
        if (!rect.isEmpty()) {
            rects.push_back(rect);
        }
    }
    return rects;
}

void blacken(Raster8& image, const std::vector<Rect>& rects)
{
    blackenAny(image, rects);
}

void blacken(Raster16& image, const std::vector<Rect>& rects)
{
    blackenAny(image, rects);
}

Result<std::string> cleanedPng(const std::filesystem::path& image, const RedactionRegions& regions)
{
    auto decoded = imaging::readImage(image);
    if (!decoded) {
        return std::move(decoded).error();
    }
    if (decoded->is16Bit()) {
        auto& pixels = std::get<Raster16>(decoded->pixels);
        if (pixels.channels() == 1) {
            blacken(pixels, redactedRects(regions, pixels.size()));
            pixels.spacingMm = decoded->info.spacingMm;
            return imaging::encodePng(pixels);
        }
    }
    Raster8 pixels = imaging::toRgb8(*decoded);
    blacken(pixels, redactedRects(regions, pixels.size()));
    pixels.spacingMm = decoded->info.spacingMm;
    return imaging::encodePng(pixels);
}

QString pseudonymOf(ImageId image)
{
    return QStringLiteral("case-%1").arg(image.value, 4, 10, QLatin1Char('0'));
}

} // namespace guidino::project
