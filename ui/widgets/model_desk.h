// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/model/notice.h"

#include <QAction>
#include <QByteArray>
#include <QObject>
#include <QString>

class QStackedWidget;
class QWidget;

namespace guidino::ui {

class AdoptionGate;
class CasePictures;
class ComparisonController;
class MainWindow;
class ModelTimeLine;
class ModelsPage;
struct WindowServices;

/// Everything of the models' page in the window: the page, its actions in the Model menu, what a
/// training's end offers. While the page is shown, docks and tools are away, and undo is about
/// models.
class ModelDesk : public QObject
{
    Q_OBJECT

public:
    /// After the window's menus are filled. `pages`: of the window's middle, the desk adds its own;
    /// `canvas`: the page where labels are edited; `tools`: the painting tools beside it.
    ModelDesk(
        MainWindow& window,
        const WindowServices& services,
        QStackedWidget& pages,
        QWidget& canvas,
        QWidget& tools);

    [[nodiscard]] bool isShown() const { return m_isShown; }

    [[nodiscard]] ModelsPage& page() { return *m_page; }

    [[nodiscard]] ModelTimeLine& line() { return *m_line; }

    [[nodiscard]] ComparisonController& comparison() { return *m_comparison; }

    [[nodiscard]] AdoptionGate& gate() { return *m_gate; }

    void enter();
    void leave();

    // Actions with their keys, for menus and tests.
    QAction* start;
    QAction* stepBack;
    QAction* stepForward;
    QAction* adopt;
    QAction* rollBack;

Q_SIGNALS:
    /// The docks are about to be hidden: whoever hid them gives them back first.
    void entering();
    void problemOccurred(const guidino::ui::Notice& notice);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QAction*
    add(const QString& name, const QString& text, const QKeySequence& keys, const QString& icon);
    void connectModels();
    void noteOffer(const QString& sha256);
    void judge(const QString& sha256);
    void confirmRollBack();
    void step(int by);
    void takeUndo();
    void giveDocksBack();
    void refresh();
    void open(ImageId image);

    MainWindow& m_window;
    const WindowServices& m_services;
    QStackedWidget& m_pages;
    QWidget& m_canvas;
    QWidget& m_tools;
    ModelTimeLine* m_line;
    ComparisonController* m_comparison;
    AdoptionGate* m_gate;
    CasePictures* m_pictures;
    ModelsPage* m_page = nullptr;
    QByteArray m_layout; ///< of the window before
    bool m_isShown = false;
};

} // namespace guidino::ui
