// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QLabel>
#include <QStatusBar>
#include <QTimer>

namespace guidino::ui {

/// The status bar: when work was last saved, what lies under the pointer, the zoom, and the model
/// with its device.
class StatusReadOuts : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusReadOuts(QWidget* parent = nullptr);

    void setReadOut(const QString& text) { m_readOut->setText(text); }

    void setScale(double scale);
    void setModel(const QString& text, const QString& tip);
    /// So many images have labels that are only in the journal.
    void setUnsaved(int count);
    /// A stroke is in the journal on disk, or labels were saved.
    void noteKept();
    void noteSaved();

private:
    void refresh();

    QLabel* m_saved;
    QLabel* m_readOut;
    QLabel* m_zoom;
    QLabel* m_model;
    QElapsedTimer m_since;
    QTimer m_tick;
    int m_unsaved = 0;
    bool m_isKept = false; // the last thing was a stroke
};

} // namespace guidino::ui
