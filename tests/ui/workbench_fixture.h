// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/pane_grid.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/guide_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/tool_state.h"
#include "ui/model/training_controller.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/main_window.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/window_actions.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>

namespace guidino::ui {

/// The whole window on a temporary home, composed as the program does it.
class Workbench
{
public:
    /// `home` keeps projects of opened folders and runs; `program` stands for guidino; `demoModel`
    /// is a bundle, empty: not installed.
    explicit Workbench(
        const QString& home, const QString& program = {}, const QString& demoModel = {});

    /// Opens the folder and waits for its first image.
    void open(const QString& folder);

    [[nodiscard]] AnnotationDocument& shown() { return *dataset.current(); }

    [[nodiscard]] CanvasView& pane(PaneRole role) { return window.canvas().pane(role); }

    /// The middle of an image pixel in a pane, rounded to where a pointer can be.
    [[nodiscard]] QPoint viewOf(PaneRole role, int x, int y);

    /// Where in the image a pointer at that position of a pane is.
    [[nodiscard]] PointF imageOf(PaneRole role, QPoint position);

    /// Presses, moves along the points and releases, by events of the window system.
    void drag(
        PaneRole role,
        const QList<QPoint>& points,
        Qt::MouseButton button = Qt::LeftButton,
        Qt::KeyboardModifiers modifiers = Qt::NoModifier);

    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);

private:
    [[nodiscard]] QPoint inWindow(PaneRole role, QPoint position);

public:
    QSettings settings;
    Theme theme;
    ViewSettings view;
    ToolState tools;
    ProjectController project;
    DatasetController dataset;
    PredictionController prediction;
    GuideController guide;
    ModelRegistry models;
    JobsController jobs;
    TrainingController training;
    MainWindow window;
};

/// Images of a grey ground with a dark disc, `images/` beside `masks/` (of the first two only),
/// written into a fresh folder. [200 × 150]
class SyntheticFolder
{
public:
    explicit SyntheticFolder(int images = 4, int masks = 2);

    [[nodiscard]] QString path() const { return m_folder.path(); }

private:
    QTemporaryDir m_folder;
};

} // namespace guidino::ui
