// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/label_class.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHash>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidget>

namespace guidino::ui {

class Theme;
class ToolState;
class ViewSettings;

/// What is drawn and how (layers), what is painted (classes), and the options of the tool.
class LayersPanel : public QWidget
{
    Q_OBJECT

public:
    LayersPanel(ViewSettings& settings, ToolState& tools, Theme& theme, QWidget* parent = nullptr);

    void setClasses(const LabelClasses& classes);

private:
    void addLayers(QVBoxLayout* layout);
    void addMaskStyle(QVBoxLayout* layout);
    void addTool(QVBoxLayout* layout);
    void refreshClasses();
    void refreshTool();
    void refreshLocks();

    ViewSettings& m_settings;
    ToolState& m_tools;
    Theme& m_theme;
    LabelClasses m_classes;
    QButtonGroup* m_classButtons;
    QVBoxLayout* m_classLayout;
    QHash<std::uint8_t, QToolButton*> m_locks;
    QLabel* m_labelMark = nullptr;
    QLabel* m_predictionMark = nullptr;
    QSlider* m_size;
    QSpinBox* m_diameter;
    QComboBox* m_paintOver;
};

} // namespace guidino::ui
