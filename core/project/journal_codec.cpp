// SPDX-License-Identifier: Apache-2.0
#include "core/project/journal_codec.h"

#include <QDataStream>
#include <QIODevice>

#include <array>
#include <cstring>

namespace guidino::project {

namespace {

constexpr std::size_t kTileBytes = sizeof(LabelMap::Tile);
constexpr qint64 kMostPixels = 400'000'000;
// Level 1: strokes compress well at any level, and a stroke must be on disk within the second.
constexpr int kLevel = 1;

Error damaged(const char* what)
{
    return Error{ErrorCode::BadInput, std::string("stored ") + what + " are damaged", {}};
}

/// qUncompress allocates what the first four bytes claim; this looks at them first.
QByteArray inflate(const QByteArray& bytes, qint64 most)
{
    if (bytes.size() < 4) {
        return {};
    }
    quint32 claimed = 0;
    for (int i = 0; i < 4; ++i) {
        claimed = claimed << 8 | static_cast<quint8>(bytes[i]);
    }
    return claimed <= most ? qUncompress(bytes) : QByteArray();
}

} // namespace

QByteArray encodeLabels(const LabelMap& labels)
{
    QByteArray raw;
    QDataStream stream(&raw, QIODevice::WriteOnly);
    stream << static_cast<qint32>(labels.size().width) << static_cast<qint32>(labels.size().height);
    const Raster8 raster = labels.toRaster();
    stream.writeRawData(
        reinterpret_cast<const char*>(raster.data()), static_cast<int>(raster.pixels().size()));
    return qCompress(raw, kLevel);
}

Result<LabelMap> decodeLabels(const QByteArray& bytes)
{
    const QByteArray raw = inflate(bytes, kMostPixels + 8);
    QDataStream stream(raw);
    qint32 width = 0;
    qint32 height = 0;
    stream >> width >> height;
    if (stream.status() != QDataStream::Ok || width <= 0 || height <= 0
        || static_cast<qint64>(width) * height != raw.size() - 8) {
        return damaged("labels");
    }
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(raw.size() - 8));
    std::memcpy(pixels.data(), raw.constData() + 8, pixels.size());
    return LabelMap::fromRaster(Raster8(width, height, 1, std::move(pixels)));
}

QByteArray encodeTiles(const std::vector<TileChange>& tiles)
{
    QByteArray raw;
    raw.reserve(static_cast<qsizetype>(tiles.size() * (2 * kTileBytes + 4)));
    QDataStream stream(&raw, QIODevice::WriteOnly);
    for (const TileChange& change : tiles) {
        // The difference is nearly all zeros, which compresses to almost nothing.
        LabelMap::Tile difference{};
        for (std::size_t i = 0; i < kTileBytes; ++i) {
            difference[i] = (*change.before)[i] ^ (*change.after)[i];
        }
        stream << static_cast<quint32>(change.tile);
        stream.writeRawData(reinterpret_cast<const char*>(change.before->data()), kTileBytes);
        stream.writeRawData(reinterpret_cast<const char*>(difference.data()), kTileBytes);
    }
    return qCompress(raw, kLevel);
}

Result<std::vector<TileChange>> decodeTiles(const QByteArray& bytes)
{
    const QByteArray raw = inflate(bytes, 3 * kMostPixels);
    constexpr auto kRecord = static_cast<qsizetype>(2 * kTileBytes + 4);
    if (raw.isEmpty() || raw.size() % kRecord != 0) {
        return damaged("edits");
    }
    QDataStream stream(raw);
    std::vector<TileChange> tiles;
    for (qsizetype i = 0; i < raw.size() / kRecord; ++i) {
        quint32 index = 0;
        stream >> index;
        LabelMap::Tile before{};
        LabelMap::Tile after{};
        stream.readRawData(reinterpret_cast<char*>(before.data()), kTileBytes);
        stream.readRawData(reinterpret_cast<char*>(after.data()), kTileBytes);
        for (std::size_t pixel = 0; pixel < kTileBytes; ++pixel) {
            after[pixel] ^= before[pixel];
        }
        tiles.push_back(
            {index,
             std::make_shared<const LabelMap::Tile>(before),
             std::make_shared<const LabelMap::Tile>(after)});
    }
    return tiles;
}

std::vector<std::uint8_t> classesIn(const LabelMap& labels)
{
    std::array<bool, 256> isUsed{};
    LabelMap::TilePtr last;
    for (std::size_t i = 0; i < labels.tileCount(); ++i) {
        if (labels.tile(i) == last) { // plain ground is one shared tile
            continue;
        }
        last = labels.tile(i);
        for (const std::uint8_t value : *last) {
            isUsed[value] = true;
        }
    }
    std::vector<std::uint8_t> classes;
    for (std::size_t value = 1; value < isUsed.size(); ++value) {
        if (isUsed[value]) {
            classes.push_back(static_cast<std::uint8_t>(value));
        }
    }
    return classes;
}

void applyTiles(LabelMap& map, const std::vector<TileChange>& tiles)
{
    LabelMapWriter writer(map);
    for (const TileChange& change : tiles) {
        if (change.tile < map.tileCount()) {
            writer.setTile(change.tile, change.after);
        }
    }
}

void revertTiles(LabelMap& map, const std::vector<TileChange>& tiles)
{
    LabelMapWriter writer(map);
    for (const TileChange& change : tiles) {
        if (change.tile < map.tileCount()) {
            writer.setTile(change.tile, change.before);
        }
    }
}

} // namespace guidino::project
