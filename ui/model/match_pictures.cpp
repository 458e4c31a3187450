// SPDX-License-Identifier: Apache-2.0
#include "ui/model/match_pictures.h"

#include "core/imaging/image_reader.h"
#include "core/imaging/resize.h"
#include "ui/model/afterwards.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <cstring>
#include <memory>

namespace guidino::ui {

namespace {

constexpr int kKept = 256;

/// The token and as much again on each side.
QImage cutOut(const protocol::TokenMatch& match)
{
    const Result<Raster8> image = imaging::readRgb8(match.image);
    if (!image) {
        return {};
    }
    const int side = 3 * std::max(match.width, match.height);
    const Rect wanted{
        match.x + match.width / 2 - side / 2, match.y + match.height / 2 - side / 2, side, side};
    const Raster8 part =
        imaging::crop(*image, wanted.intersected({0, 0, image->width(), image->height()}));
    if (part.isEmpty()) {
        return {};
    }
    const Raster8 small = imaging::resizeSmooth(part, {MatchPictures::kSide, MatchPictures::kSide});
    QImage picture(small.width(), small.height(), QImage::Format_RGB888);
    for (int y = 0; y < small.height(); ++y) {
        std::memcpy(picture.scanLine(y), small.row(y), static_cast<std::size_t>(small.width()) * 3);
    }
    return picture;
}

QString keyOf(const protocol::TokenMatch& match)
{
    return QStringLiteral("%1|%2|%3|%4|%5")
        .arg(QString::fromStdString(match.image))
        .arg(match.x)
        .arg(match.y)
        .arg(match.width)
        .arg(match.height);
}

} // namespace

MatchPictures::MatchPictures(QObject* parent)
    : QObject(parent)
    , m_pictures(kKept)
{
    m_pool.setMaxThreadCount(1);
}

MatchPictures::~MatchPictures()
{
    m_pool.clear();
    m_pool.waitForDone();
}

QImage MatchPictures::picture(const protocol::TokenMatch& match)
{
    const QString key = keyOf(match);
    if (const QImage* known = m_pictures.object(key)) {
        return *known;
    }
    if (!m_wanted.contains(key)) {
        m_wanted.insert(key);
        afterwards(
            QtConcurrent::run(&m_pool, cutOut, match), this, [this, key](const QImage& picture) {
                m_wanted.remove(key);
                m_pictures.insert(key, std::make_unique<QImage>(picture).release());
                Q_EMIT ready();
            });
    }
    return {};
}

} // namespace guidino::ui
