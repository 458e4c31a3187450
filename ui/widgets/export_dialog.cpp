// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/export_dialog.h"

#include "ui/model/export_controller.h"
#include "ui/model/notice.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/path_field.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace guidino::ui {

ExportDialog::ExportDialog(
    ExportController& controller,
    ProjectController& project,
    ImageId shown,
    const QString& program,
    QWidget* parent)
    : QDialog(parent)
    , m_controller(controller)
    , m_project(project)
    , m_shown(shown)
    , m_program(program)
    , m_selection(new QComboBox(this))
    , m_masks(new QCheckBox(tr("Masks at native size"), this))
    , m_labels(new QComboBox(this))
    , m_form(new QComboBox(this))
    , m_images(new QCheckBox(tr("Images as PNG, redacted, without EXIF"), this))
    , m_report(new QCheckBox(tr("Metric report (HTML, CSV, JSON)"), this))
    , m_compare(new QComboBox(this))
    , m_ownCases(new QCheckBox(tr("Also images whose label came from the judged model"), this))
    , m_worst(new QSpinBox(this))
    , m_pdf(new QCheckBox(tr("Report as PDF, too"), this))
    , m_names(new QCheckBox(tr("Real file names and the project's name"), this))
    , m_folder(new PathField(PathField::Kind::NewFolder, tr("Folder to write to"), {}, this))
    , m_plan(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_start(new QPushButton(tr("Export"), this))
    , m_open(new QPushButton(tr("Show the folder"), this))
    , m_close(new QPushButton(tr("Close"), this))
{
    setObjectName(QStringLiteral("exportDialog"));
    setWindowTitle(tr("Export"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_selection->setObjectName(QStringLiteral("exportSelection"));
    m_selection->addItem(tr("All images of the project"));
    if (shown.isValid()) {
        m_selection->addItem(tr("The shown image only"));
    }
    m_selection->setAccessibleName(tr("Images to export"));
    m_masks->setObjectName(QStringLiteral("exportMasks"));
    m_masks->setChecked(true);
    m_labels->addItems({tr("References (accepted or drawn)"), tr("Predictions")});
    m_labels->setAccessibleName(tr("Which labels become masks"));
    m_form->setObjectName(QStringLiteral("exportForm"));
    m_form->addItems(
        {tr("0 and 255 (a file per class)"), tr("Indexed, with the classes' colours")});
    m_form->setAccessibleName(tr("Form of the masks"));
    m_images->setObjectName(QStringLiteral("exportImages"));
    m_report->setObjectName(QStringLiteral("exportReport"));
    m_report->setChecked(true);
    m_compare->setObjectName(QStringLiteral("exportCompare"));
    m_compare->addItem(tr("Predictions against references"));
    m_compare->setAccessibleName(tr("What the report compares"));
    if (const auto readers = readersOf(project.folder(), project.databaseFile())) {
        m_readers = *readers;
        for (qsizetype i = 0; i < m_readers.size(); ++i) {
            for (qsizetype j = i + 1; j < m_readers.size(); ++j) {
                m_compare->addItem(
                    tr("%1 against %2").arg(m_readers[j], m_readers[i]),
                    QStringList{m_readers[i], m_readers[j]});
            }
        }
    }
    m_ownCases->setObjectName(QStringLiteral("exportOwnCases"));
    m_ownCases->setToolTip(
        tr("Off: a model is not judged by labels that began as its own predictions, or as those of "
           "a model that it descends from; how many were left out is said"));
    m_worst->setRange(0, 100);
    m_worst->setValue(12);
    m_worst->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_worst->setAccessibleName(tr("Pictures of the worst cases"));
    m_pdf->setChecked(true);
    m_names->setObjectName(QStringLiteral("exportNames"));
    m_names->setToolTip(tr("Off: images are called by pseudonyms such as case-0012"));
    m_folder->setObjectName(QStringLiteral("exportFolder"));
    m_folder->setPath(QDir(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
                          .filePath(QStringLiteral("guidino-export-%1")
                                        .arg(QDateTime::currentDateTime().toString(
                                            QStringLiteral("yyyyMMdd-HHmm")))));
    m_plan->setObjectName(QStringLiteral("exportPlan"));
    m_plan->setWordWrap(true);
    m_plan->setMinimumHeight(64);
    m_plan->setAlignment(Qt::AlignTop);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the export"));
    m_start->setObjectName(QStringLiteral("exportStart"));
    m_start->setProperty("primary", true);

    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->addRow(tr("Images"), m_selection);
    form->addRow(m_masks);
    form->addRow(tr("Labels"), m_labels);
    form->addRow(tr("Form"), m_form);
    form->addRow(m_images);
    form->addRow(m_report);
    form->addRow(tr("Compares"), m_compare);
    form->addRow(m_ownCases);
    form->addRow(tr("Pictures of the worst"), m_worst);
    form->addRow(m_pdf);
    form->addRow(m_names);
    form->addRow(tr("Folder"), m_folder);
    auto* note = new QLabel(
        tr("Redacted regions are black in everything. Reports say \"Research use only, not a "
           "medical device\"."),
        this);
    note->setProperty("role", QStringLiteral("muted"));
    note->setWordWrap(true);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_open);
    buttons->addStretch(1);
    buttons->addWidget(m_close);
    buttons->addWidget(m_start);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addLayout(form);
    layout->addWidget(note);
    layout->addWidget(m_plan);
    layout->addWidget(m_progress);
    layout->addLayout(buttons);
    setMinimumWidth(560);

    m_planSoon.setSingleShot(true);
    m_planSoon.setInterval(150);
    connect(&m_planSoon, &QTimer::timeout, this, &ExportDialog::plan);
    const auto changed = [this] {
        refresh();
        m_planSoon.start();
    };
    for (QCheckBox* box : {m_masks, m_images, m_report, m_ownCases, m_pdf, m_names}) {
        connect(box, &QCheckBox::toggled, this, changed);
    }
    for (QComboBox* box : {m_selection, m_labels, m_form, m_compare}) {
        connect(box, &QComboBox::currentIndexChanged, this, changed);
    }
    connect(m_folder, &PathField::pathChanged, this, [this] { refresh(); });
    connect(m_start, &QPushButton::clicked, this, [this] { m_controller.start(request()); });
    connect(m_close, &QPushButton::clicked, this, &ExportDialog::reject);
    connect(m_open, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_made));
    });
    connect(&controller, &ExportController::planned, this, &ExportDialog::showPlan);
    connect(&controller, &ExportController::runningChanged, this, &ExportDialog::refresh);
    connect(&controller, &ExportController::progressed, this, [this](int done, int total) {
        m_progress->setRange(0, total);
        m_progress->setValue(done);
    });
    connect(&controller, &ExportController::ended, this, &ExportDialog::showEnd);
    refresh();
    plan();
}

ExportRequest ExportDialog::request() const
{
    ExportRequest request;
    request.folder = m_folder->path();
    if (m_selection->currentIndex() == 1) {
        request.images = {m_shown};
    }
    request.withMasks = m_masks->isChecked();
    request.labels = m_labels->currentIndex() == 1 ? ExportRequest::Labels::Prediction
                                                   : ExportRequest::Labels::Reference;
    request.maskForm = m_form->currentIndex() == 1 ? ExportRequest::MaskForm::Indexed
                                                   : ExportRequest::MaskForm::Binary;
    request.withImages = m_images->isChecked();
    request.withReport = m_report->isChecked();
    const QStringList pair = m_compare->currentData().toStringList();
    request.firstReader = pair.value(0);
    request.secondReader = pair.value(1);
    request.countsOwnCases = m_ownCases->isChecked();
    request.worstCount = m_worst->value();
    request.withPdf = m_pdf->isChecked();
    request.withNames = m_names->isChecked();
    request.program = m_program;
    return request;
}

void ExportDialog::plan()
{
    m_controller.plan(request());
}

void ExportDialog::showPlan(const Result<ExportPlan>& plan)
{
    if (!plan) {
        m_plan->setText(sentenceFor(plan.error().code));
        return;
    }
    QStringList parts;
    if (plan->masks > 0) {
        parts << tr("%n mask(s)", nullptr, plan->masks);
    }
    if (plan->pictures > 0) {
        parts << tr("%n image(s)", nullptr, plan->pictures);
    }
    if (m_report->isChecked()) {
        parts << tr("a report on %n image(s)", nullptr, plan->cases);
    }
    QString text = parts.isEmpty() ? tr("Nothing would be written.")
                                   : tr("Would write: %1.").arg(parts.join(QStringLiteral(", ")));
    if (!plan->leftOut.empty()) {
        std::map<QString, int> reasons;
        for (const auto& [name, why] : plan->leftOut) {
            ++reasons[why];
        }
        QStringList words;
        for (const auto& [why, count] : reasons) {
            words << tr("%1 × %2").arg(count).arg(why);
        }
        text += QLatin1Char('\n') + tr("Left out: %1.").arg(words.join(QStringLiteral("; ")));
    }
    m_plan->setText(text);
}

void ExportDialog::showEnd(const Result<ExportPlan>& result, const QString& folder)
{
    if (!result) {
        m_plan->setText(
            result.error().code == ErrorCode::Cancelled
                ? tr("Cancelled; nothing was written.")
                : tr("Nothing was exported. %1").arg(sentenceFor(result.error().code))
                      + QLatin1Char('\n') + QString::fromStdString(result.error().message));
    } else {
        m_made = folder;
        m_plan->setText(tr("Written: %1").arg(QDir::toNativeSeparators(folder)));
    }
    refresh();
}

void ExportDialog::refresh()
{
    const bool isRunning = m_controller.isRunning();
    m_labels->setEnabled(m_masks->isChecked());
    m_form->setEnabled(m_masks->isChecked());
    m_compare->setEnabled(m_report->isChecked());
    m_ownCases->setEnabled(m_report->isChecked() && m_compare->currentIndex() == 0);
    m_worst->setEnabled(m_report->isChecked());
    m_pdf->setEnabled(m_report->isChecked());
    m_progress->setVisible(isRunning);
    m_open->setVisible(!m_made.isEmpty());
    m_close->setText(isRunning ? tr("Cancel") : tr("Close"));
    QString why;
    if (m_folder->path().isEmpty()) {
        why = tr("Name a folder first");
    } else if (const QDir folder(m_folder->path()); folder.exists() && !folder.isEmpty()) {
        why = tr("The folder is not empty; nothing is overwritten");
    } else if (!m_masks->isChecked() && !m_images->isChecked() && !m_report->isChecked()) {
        why = tr("Choose something to export");
    }
    m_start->setEnabled(!isRunning && why.isEmpty());
    m_start->setToolTip(why);
}

void ExportDialog::reject()
{
    if (m_controller.isRunning()) {
        m_controller.cancel();
        return;
    }
    QDialog::reject();
}

} // namespace guidino::ui
