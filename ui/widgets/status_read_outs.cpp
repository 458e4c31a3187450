// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/status_read_outs.h"

#include <QLocale>

namespace guidino::ui {

StatusReadOuts::StatusReadOuts(QWidget* parent)
    : QStatusBar(parent)
    , m_saved(new QLabel(this))
    , m_readOut(new QLabel(this))
    , m_zoom(new QLabel(this))
    , m_model(new QLabel(this))
{
    setSizeGripEnabled(false);
    m_readOut->setObjectName(QStringLiteral("readout"));
    m_readOut->setAccessibleName(tr("Values under the pointer"));
    m_saved->setObjectName(QStringLiteral("savedReadOut"));
    m_saved->setAccessibleName(tr("Saving"));
    m_zoom->setAccessibleName(tr("Zoom"));
    m_model->setObjectName(QStringLiteral("modelReadOut"));
    m_model->setAccessibleName(tr("Model"));
    m_zoom->setMinimumWidth(64);
    m_zoom->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    addWidget(m_saved);
    addWidget(m_readOut, 1);
    addPermanentWidget(m_zoom);
    addPermanentWidget(m_model);
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &StatusReadOuts::refresh);
    refresh();
}

void StatusReadOuts::setScale(double scale)
{
    m_zoom->setText(tr("%1 %").arg(QLocale().toString(100 * scale, 'f', scale < 0.1 ? 1 : 0)));
}

void StatusReadOuts::setModel(const QString& text, const QString& tip)
{
    m_model->setText(text);
    m_model->setToolTip(tip);
}

void StatusReadOuts::setUnsaved(int count)
{
    m_unsaved = count;
    refresh();
}

void StatusReadOuts::noteKept()
{
    if (m_unsaved == 0 && m_since.isValid() && !m_isKept) {
        return; // the mark of the saving itself, which is written after it
    }
    m_isKept = true;
    m_since.start();
    m_tick.start();
    refresh();
}

void StatusReadOuts::noteSaved()
{
    m_isKept = false;
    m_since.start();
    m_tick.start();
    refresh();
}

void StatusReadOuts::refresh()
{
    if (!m_since.isValid()) {
        m_saved->setText(tr("Nothing to save"));
        return;
    }
    const qint64 seconds = m_since.elapsed() / 1000;
    const QString ago = seconds < 60 ? tr("%n s ago", nullptr, static_cast<int>(seconds))
                                     : tr("%n min ago", nullptr, static_cast<int>(seconds / 60));
    if (m_unsaved > 0) {
        m_saved->setText(tr("%n mask(s) to save, kept safe %1", nullptr, m_unsaved).arg(ago));
        m_saved->setToolTip(tr("Each stroke is kept in the project's journal. Save (Ctrl+S) makes "
                               "a revision and writes the mask files."));
    } else {
        m_saved->setText(m_isKept ? tr("Nothing to save") : tr("Saved %1").arg(ago));
        m_saved->setToolTip({});
    }
}

} // namespace guidino::ui
