// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QString>
#include <QWidget>

namespace guidino::ui {

class Theme;

/// One case at one epoch: the image with the outlines of prediction and reference, the guide beside
/// it, below them its name and what was measured.
class FilmCell : public QWidget
{
    Q_OBJECT

public:
    explicit FilmCell(Theme& theme, QWidget* parent = nullptr);

    /// A null picture: not read yet, or none (`note` says why).
    void setContent(
        const QString& title, const QImage& picture, const QString& measured, const QString& note);

    [[nodiscard]] bool hasPicture() const { return !m_outlined.isNull(); }

    void setChosen(bool isChosen);

    /// A large one is as wide as it can be and no button.
    void setLarge(bool isLarge);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

Q_SIGNALS:
    void chosen();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    Theme& m_theme;
    QString m_title;
    QString m_measured;
    QString m_note;
    QImage m_outlined;
    QImage m_guide;
    bool m_hasGuide = true; ///< remembered while a picture is read, so that nothing jumps
    bool m_isChosen = false;
    bool m_isLarge = false;
};

} // namespace guidino::ui
