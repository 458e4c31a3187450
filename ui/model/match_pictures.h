// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/messages.h"

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>
#include <QThreadPool>

namespace guidino::ui {

/// Small pictures of tokens with their surroundings, cut out of their images in the background and
/// kept in a bounded cache. GUI thread only.
class MatchPictures : public QObject
{
    Q_OBJECT

public:
    /// Of a picture, in pixels.
    static constexpr int kSide = 48;

    explicit MatchPictures(QObject* parent = nullptr);
    ~MatchPictures() override;

    /// Null while it is being made, and where the image cannot be read.
    [[nodiscard]] QImage picture(const protocol::TokenMatch& match);

Q_SIGNALS:
    void ready();

private:
    QCache<QString, QImage> m_pictures;
    QSet<QString> m_wanted;
    QThreadPool m_pool;
};

} // namespace guidino::ui
