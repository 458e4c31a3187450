// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "ui/model/view_settings.h"

#include <QAction>
#include <QDockWidget>
#include <QList>
#include <QMainWindow>
#include <QObject>
#include <QPointer>

#include <array>
#include <optional>

class QBoxLayout;
class QKeyEvent;

namespace guidino::ui {

class DatasetController;
class GuideController;
class GuideOverlay;
class KeyMap;
class LensStrip;
class MessageBar;
class MixerPanel;
class PaneGrid;
class PredictionController;
class Theme;
class TrainingController;
class WhatIfPanel;

/// Everything of the guide that stands in the main window, put there and connected in one place:
/// the lens's strip above the panes, the docks of the mixer and the what-if brush, the overlays of
/// the panes, the menu Guide and the keys of the brush. GUI thread only.
class GuideWorkspace : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        QMainWindow& window;
        PaneGrid& canvas;
        QBoxLayout& column; ///< of the central area; the strip goes above the panes' row
        MessageBar& messages;
        DatasetController& dataset;
        GuideController& guide;
        PredictionController& prediction;
        TrainingController& training;
        ViewSettings& view;
        Theme& theme;
        KeyMap& keys;
        QAction& predict;
        QAction& useDemoModel;
    };

    explicit GuideWorkspace(const Parts& parts);

    /// Adds the menu before the last one (Help).
    void addMenu();

    /// The strip stands there while there are panes to read.
    void setLensShown(bool isShown);

    QAction* mixer;
    QAction* brush;
    QAction* weightsPage;

    [[nodiscard]] MixerPanel& mixerPanel() { return *m_mixerPanel; }

Q_SIGNALS:
    /// A small model of these images is to be trained from scratch.
    void starterWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QDockWidget* addDock(const QString& title, const QString& name, QWidget* content);
    void showDock(QDockWidget& dock, bool isShown);
    void showReadOut(std::optional<PointF> image);
    void offerDemo(QAction& predict, QAction& useDemoModel);
    void makeBrushKeys();
    /// The action of a key while the brush is on; null: the key is somebody else's.
    [[nodiscard]] QAction* brushKey(const QKeyEvent& event) const;

    QMainWindow& m_window;
    PaneGrid& m_canvas;
    DatasetController& m_dataset;
    GuideController& m_guide;
    PredictionController& m_prediction;
    KeyMap& m_keys;
    QList<QAction*> m_brushKeys; ///< what keys do while the brush is on
    QAction* m_undoBrush = nullptr;
    LensStrip* m_lens;
    bool m_isLensWanted = false;
    MixerPanel* m_mixerPanel;
    WhatIfPanel* m_whatIfPanel;
    QDockWidget* m_mixerDock;
    QDockWidget* m_whatIfDock;
    std::optional<PointF> m_pointed;
    std::array<GuideOverlay*, kPaneCount> m_overlays{};
};

} // namespace guidino::ui
