// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/tool_state.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QWidget>

#include <functional>
#include <vector>

namespace guidino::ui {

/// The options of the tool in hand; those of other tools are hidden.
class ToolOptions : public QWidget
{
    Q_OBJECT

public:
    explicit ToolOptions(ToolState& tools, QWidget* parent = nullptr);

private:
    using Tools = std::vector<ToolState::Tool>;

    void addCheck(
        const Tools& tools,
        const QString& text,
        const QString& tip,
        bool (ToolState::*get)() const,
        void (ToolState::*put)(bool));
    QSlider* addSlider(
        const Tools& tools,
        const QString& text,
        int low,
        int high,
        const std::function<int()>& get,
        const std::function<void(int)>& put);
    void refresh();

    struct Row
    {
        Tools tools; // empty: all
        QList<QWidget*> widgets;
        std::function<void()> refresh;
    };

    ToolState& m_tools;
    QGridLayout* m_layout;
    QLabel* m_hint;
    std::vector<Row> m_rows;
};

} // namespace guidino::ui
