// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/annotation_document.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPointer>
#include <QPushButton>
#include <QSlider>
#include <QWidget>

namespace guidino::ui {

/// How the shown image is displayed: brightness and contrast as a window of its values, gamma,
/// channels. Kept for each image; with "keep for the next image" carried on. Pixels and what the
/// model sees stay as they are.
class DisplayPanel : public QWidget
{
    Q_OBJECT

public:
    explicit DisplayPanel(QWidget* parent = nullptr);

    void setDocument(AnnotationDocument* document);

private:
    void take();
    void refresh();
    /// The window that leaves out the darkest and lightest hundredth of the pixels.
    void adjustByContent();

    QPointer<AnnotationDocument> m_document;
    QComboBox* m_channel;
    QSlider* m_low;
    QSlider* m_high;
    QSlider* m_gamma;
    QCheckBox* m_inverted;
    QCheckBox* m_keep;
};

} // namespace guidino::ui
