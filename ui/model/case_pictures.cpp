// SPDX-License-Identifier: Apache-2.0
#include "ui/model/case_pictures.h"

#include "ui/model/image_pyramid.h"
#include "ui/model/label_files.h"
#include "ui/model/thumbnail.h"

#include <QMetaObject>
#include <QRunnable>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kMostPictures = 300; // about 70 KiB each

QImage guidePicture(const GuideMap& guide, QSize size, const std::array<QRgb, 256>& colors)
{
    QImage picture(size, QImage::Format_RGB32);
    const double span = std::max(1e-6F, guide.high() - guide.low());
    for (int y = 0; y < size.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const double value = guide.valueAt((x + 0.5) / size.width(), (y + 0.5) / size.height());
            const double share = std::clamp((value - guide.low()) / span, 0.0, 1.0);
            line[x] = colors[static_cast<std::size_t>(std::lround(255 * share))];
        }
    }
    return picture;
}

} // namespace

CasePicture casePictureOf(const ComparedFiles& files, const CasePictureStyle& style)
{
    CasePicture picture;
    const auto image = readImagePyramid(files.file);
    if (!image) {
        return picture;
    }
    const Raster8& pixels = (*image)->level(0);
    picture.image = pictureOf(pixels, {}, {}, style.side);
    const auto found = readComparedCase(files);
    if (!found) {
        return picture;
    }
    picture.reference = pictureOf(pixels, (*found)->reference, style.reference, style.side);
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        if (const LabelMap& labels = (*found)->labels[side]; labels.size() == pixels.size()) {
            picture.labels[side] = pictureOf(pixels, labels, style.models[side], style.side);
        }
        if (const auto& guide = (*found)->guides[side]; guide != nullptr) {
            picture.guides[side] = guidePicture(*guide, picture.image.size(), style.guide);
        }
    }
    return picture;
}

CasePictures::CasePictures(QObject* parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

CasePictures::~CasePictures()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void CasePictures::setStyle(const CasePictureStyle& style)
{
    m_style = style;
    clear();
}

void CasePictures::clear()
{
    ++m_generation;
    m_pool.clear();
    m_pictures.clear();
    m_order.clear();
    m_asked.clear();
}

void CasePictures::forget(ImageId image)
{
    if (m_pictures.remove(image.value) > 0) {
        m_order.remove(image.value);
    }
}

const CasePicture* CasePictures::of(const ComparedFiles& files)
{
    const qint64 key = files.image.value;
    if (const auto found = m_pictures.constFind(key); found != m_pictures.cend()) {
        return &*found;
    }
    if (m_asked.contains(key)) {
        return nullptr;
    }
    m_asked.insert(key);
    // What came into sight last is drawn first.
    auto* work = QRunnable::create([this, files, style = m_style, generation = m_generation] {
        CasePicture picture = casePictureOf(files, style);
        QMetaObject::invokeMethod(
            this,
            [this, generation, image = files.image, picture = std::move(picture)] {
                if (generation != m_generation) {
                    return;
                }
                m_asked.remove(image.value);
                m_pictures.insert(image.value, picture);
                m_order.push_back(image.value);
                while (m_order.size() > kMostPictures) {
                    m_pictures.remove(m_order.front());
                    m_order.pop_front();
                }
                Q_EMIT made(image);
            },
            Qt::QueuedConnection);
    });
    m_pool.start(work, ++m_priority);
    return nullptr;
}

} // namespace guidino::ui
