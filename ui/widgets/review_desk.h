// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/notice.h"

#include <QAction>
#include <QByteArray>
#include <QMainWindow>
#include <QObject>
#include <QStackedWidget>
#include <QString>
#include <QToolBar>

#include <vector>

class QMenu;

namespace guidino::ui {

class AdjudicationController;
class AdjudicationPage;
class DatasetController;
class ExportController;
class JobsController;
class KeyMap;
class PredictionController;
class ProjectController;
class ReadersController;
class ReviewController;
class ReviewKeys;
class ReviewPage;
class ReviewScan;
class Theme;

/// Everything of the review in the window: its pages, its menu and its dialogs. Entering the review
/// hides docks and tools and leaving it brings them back as they were.
class ReviewDesk : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        QMainWindow& window;
        QStackedWidget& pages; ///< of the window's middle; the desk adds its own
        QWidget& canvas;       ///< the page where labels are edited
        QWidget& tools;        ///< the painting tools beside it
        ProjectController& project;
        DatasetController& dataset;
        PredictionController& prediction;
        JobsController& jobs;
        Theme& theme;
        KeyMap& keys;
        QString version;
    };

    explicit ReviewDesk(const Parts& parts);
    ~ReviewDesk() override;

    void fillMenu(QMenu& menu) const;

    [[nodiscard]] ReviewController& review() { return *m_review; }

    [[nodiscard]] ReviewPage& page() { return *m_page; }

    [[nodiscard]] AdjudicationPage& adjudication() { return *m_adjudicationPage; }

    [[nodiscard]] ReviewScan& scan() { return *m_scan; }

    void showExport();
    void showAudit();
    void showReaders();
    void showRedaction();
    void showComparison();

    /// Ends the review and the comparison of readers.
    void close();

    // Actions with their keys, for menus and tests.
    QAction* start;
    QAction* next;
    QAction* back;
    QAction* nextUnreviewed;
    QAction* previousUnreviewed;
    QAction* predictAll;
    QAction* predictMirrored;
    QAction* compare;
    QAction* readers;
    QAction* exportAction;
    QAction* audit;
    QAction* redact;
    QAction* doneCorrecting;

Q_SIGNALS:
    /// The docks are about to be hidden or to come back: whoever hid them after this desk gives
    /// them back first.
    void turning();
    void problemOccurred(const guidino::ui::Notice& notice);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QAction*
    add(const char* name,
        const QString& text,
        const QList<QKeySequence>& keys,
        const QString& icon);
    void makeActions();
    void connectReview();
    void makeCorrectionBar();
    void enter();
    void leave();
    void leaveComparison();
    [[nodiscard]] bool isCovered() const;
    void setCorrecting(bool isCorrecting);
    void setMainToolsVisible(bool isVisible);
    void showValuable(bool isForward);
    void showUnreviewed(bool isForward);
    void refresh();

    Parts m_parts;
    ReviewController* m_review;
    ReviewScan* m_scan;
    AdjudicationController* m_adjudication;
    ExportController* m_export;
    ReadersController* m_readersController;
    ReviewKeys* m_keys;
    ReviewPage* m_page;
    AdjudicationPage* m_adjudicationPage;
    QToolBar* m_correctionBar = nullptr;
    QByteArray m_layout;          ///< of the window before
    bool m_isComparing = false;   ///< the readers' page is shown, or below the dashboard
    std::vector<qint64> m_looked; ///< images that "next most valuable" went through
};

} // namespace guidino::ui
