// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/job_dialogs.h"

#include "ui/model/jobs_controller.h"

#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include <optional>
#include <vector>

namespace guidino::ui {

namespace {

constexpr int kFollowMs = 1000;

QString filtered(const QString& log, const QString& word)
{
    if (word.isEmpty()) {
        return log;
    }
    QStringList lines;
    const QStringList all = log.split(QLatin1Char('\n'));
    for (const QString& line : all) {
        if (line.contains(word, Qt::CaseInsensitive)) {
            lines << line;
        }
    }
    return lines.join(QLatin1Char('\n'));
}

/// "path.key=value" a line; nothing, and what is wrong, where a line is none.
std::optional<std::vector<jobs::Setting>> settingsFrom(const QString& text, QString& problem)
{
    std::vector<jobs::Setting> settings;
    const QStringList lines = text.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        const QString plain = line.trimmed();
        if (plain.isEmpty()) {
            continue;
        }
        const qsizetype at = plain.indexOf(QLatin1Char('='));
        if (at <= 0) {
            problem = JobsController::tr("“%1” is not of the form name=value").arg(plain);
            return std::nullopt;
        }
        settings.emplace_back(plain.left(at).toStdString(), plain.mid(at + 1).toStdString());
    }
    return settings;
}

QString settingsOf(const protocol::JobSpec& spec)
{
    QStringList lines;
    if (const auto* train = std::get_if<protocol::TrainSpec>(&spec)) {
        for (const std::string& setting : train->settings) {
            lines << QString::fromStdString(setting);
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QDialog* makeLogDialog(JobsController& jobs, JobId id, QWidget* parent)
{
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("jobLog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(JobsController::tr("Log of %1").arg(jobs.nameOf(id)));
    constexpr QSize kSize(720, 420);
    dialog->resize(kSize);
    auto* column = new QVBoxLayout(dialog);
    auto* filter = new QLineEdit(dialog);
    filter->setPlaceholderText(JobsController::tr("Only lines with…"));
    filter->setAccessibleName(JobsController::tr("Filter of the log"));
    filter->setClearButtonEnabled(true);
    column->addWidget(filter);
    auto* text = new QPlainTextEdit(dialog);
    text->setObjectName(QStringLiteral("jobLogText"));
    text->setAccessibleName(dialog->windowTitle());
    text->setReadOnly(true);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    column->addWidget(text, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    column->addWidget(buttons);
    const auto refresh = [&jobs, id, text, filter] {
        QString log = filtered(jobs.logOf(id), filter->text());
        if (log.isEmpty()) {
            log = filter->text().isEmpty() ? JobsController::tr("The log is empty.") : QString();
        }
        if (log != text->toPlainText()) {
            QScrollBar* bar = text->verticalScrollBar();
            const bool isAtEnd = bar->value() >= bar->maximum() - 1;
            const int value = bar->value();
            text->setPlainText(log);
            bar->setValue(isAtEnd ? bar->maximum() : value);
        }
    };
    auto* timer = new QTimer(dialog);
    timer->setInterval(kFollowMs);
    QObject::connect(timer, &QTimer::timeout, dialog, refresh);
    QObject::connect(filter, &QLineEdit::textChanged, dialog, refresh);
    timer->start();
    refresh();
    text->verticalScrollBar()->setValue(text->verticalScrollBar()->maximum());
    text->setFocus();
    return dialog;
}

QDialog* makeCopyDialog(JobsController& jobs, JobId id, QWidget* parent)
{
    const protocol::JobSpec spec = jobs.queue().job(id)->spec;
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("jobCopy"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(JobsController::tr("Copy of %1").arg(jobs.nameOf(id)));
    auto* column = new QVBoxLayout(dialog);
    auto* form = new QFormLayout;
    auto* name = new QLineEdit(dialog);
    name->setText(JobsController::tr("%1, changed").arg(jobs.nameOf(id)));
    name->setObjectName(QStringLiteral("jobCopyName"));
    form->addRow(JobsController::tr("&Name"), name);
    auto* device = new QComboBox(dialog);
    device->setEditable(true);
    device->addItems({QStringLiteral("auto"), QStringLiteral("cpu"), QStringLiteral("cuda:0")});
    device->setCurrentText(QString::fromStdString(jobs::deviceOf(spec)));
    const bool hasDevice = !jobs::deviceOf(spec).empty();
    form->addRow(JobsController::tr("&Device"), device);
    form->setRowVisible(device, hasDevice);
    auto* settings = new QPlainTextEdit(settingsOf(spec), dialog);
    settings->setObjectName(QStringLiteral("jobCopySettings"));
    settings->setTabChangesFocus(true);
    settings->setPlaceholderText(QStringLiteral("training.epochs=40"));
    form->addRow(JobsController::tr("&Settings, one a line"), settings);
    column->addLayout(form);
    auto* problem = new QLabel(dialog);
    problem->setObjectName(QStringLiteral("jobCopyProblem"));
    problem->setProperty("role", QStringLiteral("error"));
    problem->setWordWrap(true);
    problem->hide();
    column->addWidget(problem);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    buttons->button(QDialogButtonBox::Ok)->setText(JobsController::tr("Add to the queue"));
    column->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, [=, &jobs] {
        QString what;
        auto changes = settingsFrom(settings->toPlainText(), what);
        if (changes) {
            protocol::JobSpec changed = spec;
            if (auto* train = std::get_if<protocol::TrainSpec>(&changed)) {
                train->settings.clear(); // a line that was removed is the recipe's again
            }
            if (hasDevice) {
                changes->emplace_back("device", device->currentText().trimmed().toStdString());
            }
            const auto result = jobs::withSettings(changed, *changes);
            const auto copy = result ? jobs.queue().duplicateAs(id, *result, name->text().trimmed())
                                     : Result<JobId>(result.error());
            if (copy) {
                dialog->accept();
                return;
            }
            what = QString::fromStdString(copy.error().message);
        }
        problem->setText(what);
        problem->show();
    });
    name->selectAll();
    return dialog;
}

QDialog* makeRenameDialog(JobsController& jobs, JobId id, QWidget* parent)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("jobRename"));
    dialog->setWindowTitle(JobsController::tr("Rename the job"));
    dialog->setLabelText(JobsController::tr("Name"));
    dialog->setTextValue(jobs.nameOf(id));
    QObject::connect(
        dialog, &QInputDialog::textValueSelected, &jobs, [&jobs, id](const QString& name) {
            (void)jobs.queue().rename(id, name.trimmed());
        });
    return dialog;
}

} // namespace guidino::ui
