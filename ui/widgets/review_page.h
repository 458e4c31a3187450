// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/review_view.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QList>
#include <QMetaObject>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidget>

#include <memory>
#include <utility>

namespace guidino::ui {

class AnnotationDocument;
class GuideMap;
class ProjectController;
class ReviewController;
class ReviewKeys;
class Theme;

/// The review desk: one large picture with the outline that is judged, why it is worth a look, the
/// guide, and three answers. Its keys are those of ReviewKeys.
class ReviewPage : public QWidget
{
    Q_OBJECT

public:
    ReviewPage(
        ReviewController& review,
        ReviewKeys& keys,
        ProjectController& project,
        Theme& theme,
        QWidget* parent = nullptr);

    [[nodiscard]] ReviewView& view() { return *m_view; }

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    template<typename Button>
    Button* buttonFor(QAction& action, const QString& icon);
    QToolButton* toolButtonFor(QAction& action, const QString& text, const QString& icon);
    void leavePassing();
    QWidget* makeStrip();
    QWidget* makeSide();
    void addWhy(QVBoxLayout* layout);
    void addAnswers(QVBoxLayout* layout);
    void addReader(QVBoxLayout* layout);
    /// Writes the keys on the buttons.
    void nameKeys();
    /// Whether the page uses the key; `act` does what it stands for.
    bool handleKey(const QKeyEvent& event, bool act);
    void refresh();
    void refreshQueue();
    void refreshWhy();
    /// Offers to rank by the reasons again that were dropped.
    void refreshDropped();
    void refreshReasons();
    void refreshNotes();
    void refreshGuide();
    [[nodiscard]] std::shared_ptr<const GuideMap> guide() const;
    void beginNote();

    ReviewController& m_review;
    ReviewKeys& m_keys;
    ProjectController& m_project;
    Theme& m_theme;
    ReviewView* m_view;
    QLabel* m_case;
    QLabel* m_state;
    QLabel* m_count;
    QProgressBar* m_progress;
    QVBoxLayout* m_why;
    QLabel* m_guide;
    QLabel* m_subject;
    QList<QToolButton*> m_reasons; ///< digits 1 to 9
    QPushButton* m_accept;
    QPushButton* m_reject;
    QPushButton* m_unsure;
    QToolButton* m_undo;
    QToolButton* m_correct;
    QToolButton* m_note;
    QVBoxLayout* m_notes;
    QLineEdit* m_reader;
    QCheckBox* m_blinded;
    QCheckBox* m_time;
    QLineEdit* m_noteEdit;
    PointF m_notePlace;
    QMetaObject::Connection m_predicted;
    QPointer<AnnotationDocument> m_watched;
    QList<std::pair<QAbstractButton*, QAction*>> m_keyed; ///< buttons and what they do
};

} // namespace guidino::ui
