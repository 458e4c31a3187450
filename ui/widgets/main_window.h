// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "ui/model/notice.h"

#include <QMainWindow>
#include <QString>

#include <optional>

class QSettings;
class QStackedWidget;

namespace guidino::ui {

class DatasetController;
class DisplayPanel;
class EditController;
class FineTuneSheet;
class GuideController;
class GuideWorkspace;
class ImageListPanel;
class JobsController;
class JobsDock;
class KeyMap;
class LayersPanel;
class MessageBar;
class ModelDesk;
class ModelRegistry;
class PaneGrid;
class PredictionController;
class ProjectController;
class ProjectUi;
class ReviewDesk;
class StatusReadOuts;
class Theme;
class ToolActions;
class ToolState;
class TrainingController;
class TrainingPanel;
class ViewSettings;
class WindowActions;

/// What the window works on; all outlive it.
struct WindowServices
{
    ProjectController& project;
    DatasetController& dataset;
    PredictionController& prediction;
    TrainingController& training;
    ViewSettings& view;
    ToolState& tools;
    Theme& theme;
    QSettings& settings;
    QString samplesFolder; ///< empty: not installed
    QString demoModel;     ///< empty: not installed
    QString version;
    GuideController& guide;
    ModelRegistry& models;
    JobsController& jobs;
};

/// The main window: places the docks and connects the actions. Behaviour lives in the controllers.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(const WindowServices& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] PaneGrid& canvas() { return *m_canvas; }

    [[nodiscard]] WindowActions& actionsOfWindow() { return *m_actions; }

    [[nodiscard]] ToolActions& toolActions() { return *m_toolActions; }

    [[nodiscard]] KeyMap& keys() { return *m_keys; }

    [[nodiscard]] MessageBar& messages() { return *m_messages; }

    [[nodiscard]] ProjectUi& projectUi() { return *m_project; }

    [[nodiscard]] ReviewDesk& review() { return *m_review; }

    [[nodiscard]] JobsDock& jobs() { return *m_jobs; }

    [[nodiscard]] ModelDesk& models() { return *m_models; }
    [[nodiscard]] GuideWorkspace& guideWorkspace() { return *m_guide; }

    void open(const QStringList& paths);

    /// How large the window is made the first time: the usual size, but not beyond the screen.
    [[nodiscard]] static QSize firstSize(QSize screen);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void placeDocks();
    void connectFiles();
    void connectView();
    void connectTools();
    void connectModel();
    void refreshActions();
    void refreshModel();
    void showReadOut(std::optional<PointF> image);
    void act(Notice::Action action);
    void chooseFolder();
    void chooseFiles();
    void chooseLabelsFolder();
    void chooseModel();
    void showAbout();
    void restoreLayout();

    WindowServices m_services;
    WindowActions* m_actions;
    MessageBar* m_messages;
    QStackedWidget* m_pages;
    PaneGrid* m_canvas;
    ImageListPanel* m_images;
    LayersPanel* m_layers;
    TrainingPanel* m_training;
    FineTuneSheet* m_fineTune = nullptr;
    ProjectUi* m_project = nullptr;
    StatusReadOuts* m_status;
    ReviewDesk* m_review = nullptr;
    ModelDesk* m_models = nullptr;
    DisplayPanel* m_display;
    KeyMap* m_keys;
    EditController* m_edit;
    ToolActions* m_toolActions;
    GuideWorkspace* m_guide;
    JobsDock* m_jobs = nullptr;
    bool m_isClosingAnyway = false;
    std::optional<PointF> m_pointed;
};

} // namespace guidino::ui
