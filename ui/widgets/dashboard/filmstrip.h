// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/run_curves.h"

#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSlider>
#include <QTimer>
#include <QToolButton>
#include <QWidget>

#include <cstdint>
#include <filesystem>
#include <optional>

class QGridLayout;

namespace guidino::ui {

class FilmCell;
class RunPreviewStore;
class Theme;

/// The pinned cases of a run as they were predicted at each validation, their guides beside them: a
/// slider, the arrow keys and a player go through the epochs. The case that is chosen is shown
/// larger below.
class Filmstrip : public QWidget
{
    Q_OBJECT

public:
    explicit Filmstrip(Theme& theme, QWidget* parent = nullptr);

    void open(const std::filesystem::path& runFolder);

    /// Takes over what the messages say. While the last epoch is shown, newer ones follow it.
    void follow(const QList<RunPreviews>& previews, int epochs);

    /// Nothing before the first picture.
    [[nodiscard]] std::optional<std::int64_t> epoch() const;

    void showEpoch(std::int64_t epoch);

    [[nodiscard]] int cellCount() const { return static_cast<int>(m_cells.size()); }

    /// Whether all pictures of the shown epoch are read.
    [[nodiscard]] bool isComplete() const;

    [[nodiscard]] QPushButton& pinButton() { return *m_pin; }

Q_SIGNALS:
    void epochChanged(std::int64_t epoch);
    void pinWanted();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void showFrame(int index);
    void refresh();
    void rebuildCells();
    void play(bool isPlaying);

    Theme& m_theme;
    RunPreviewStore* m_store;
    QLabel* m_empty;
    QScrollArea* m_scroll;
    QWidget* m_body;
    QGridLayout* m_grid;
    FilmCell* m_large;
    QList<FilmCell*> m_cells;
    QSlider* m_slider;
    QLabel* m_label;
    QToolButton* m_player;
    QPushButton* m_pin;
    QTimer m_frames;
    int m_chosen = 0;
    int m_epochs = 0;
};

} // namespace guidino::ui
