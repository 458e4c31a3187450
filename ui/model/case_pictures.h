// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/model/compared_case.h"
#include "ui/model/label_class.h"

#include <QColor>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QThreadPool>

#include <array>
#include <list>

namespace guidino::ui {

/// Small pictures of one image: as it is, with its reference, and under two models.
struct CasePicture
{
    QImage image;
    QImage reference;
    std::array<QImage, 2> labels; ///< null where there is no prediction
    std::array<QImage, 2> guides; ///< null without a guide
};

/// How the pictures are drawn.
struct CasePictureStyle
{
    int side = 132; ///< pixels of the longer side
    LabelClasses reference;
    std::array<LabelClasses, 2> models;
    std::array<QRgb, 256> guide{}; ///< colours of the guide's range
};

/// Makes pictures of compared images in the background, as they are asked for; the last asked for
/// come first, and the oldest go where there are many. GUI thread only.
class CasePictures : public QObject
{
    Q_OBJECT

public:
    explicit CasePictures(QObject* parent = nullptr);
    ~CasePictures() override;

    /// Forgets what was made where the style is another one.
    void setStyle(const CasePictureStyle& style);

    /// Null until it is made: made() follows, once.
    [[nodiscard]] const CasePicture* of(const ComparedFiles& files);

    /// Other models, other pictures.
    void clear();
    /// One image has a prediction more.
    void forget(ImageId image);

Q_SIGNALS:
    void made(guidino::ImageId image);

private:
    CasePictureStyle m_style;
    QHash<qint64, CasePicture> m_pictures;
    std::list<qint64> m_order; ///< the oldest first
    QSet<qint64> m_asked;
    int m_generation = 0;
    int m_priority = 0;
    QThreadPool m_pool;
};

/// Reads and draws; any thread. An image that cannot be read gives null pictures.
[[nodiscard]] CasePicture casePictureOf(const ComparedFiles& files, const CasePictureStyle& style);

} // namespace guidino::ui
