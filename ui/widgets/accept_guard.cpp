// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/accept_guard.h"

#include "ui/model/dataset_controller.h"
#include "ui/model/model_info.h"

#include <QCoreApplication>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>

namespace guidino::ui {

namespace {

QString translated(const char* source)
{
    return QCoreApplication::translate("guidino::ui::AcceptGuard", source);
}

} // namespace

QString outsideText(const Prediction& prediction, const ModelInfo& model)
{
    if (!prediction.isOutside()) {
        return {};
    }
    const QLocale locale;
    const QString figures =
        translated(QT_TRANSLATE_NOOP("guidino::ui::AcceptGuard", "distance %1, limit %2"))
            .arg(
                locale.toString(prediction.featureDistance, 'f', 1),
                locale.toString(prediction.featureLimit, 'f', 1));
    return model.modality.isEmpty()
               ? translated(QT_TRANSLATE_NOOP(
                                "guidino::ui::AcceptGuard",
                                "Unlike the images that this model was trained on (%1)"))
                     .arg(figures)
               : translated(QT_TRANSLATE_NOOP(
                                "guidino::ui::AcceptGuard",
                                "Unlike the images that this model was trained on: %1 (%2)"))
                     .arg(model.modality, figures);
}

void acceptPrediction(
    QWidget& window,
    DatasetController& dataset,
    const ModelInfo& model,
    const std::function<void(AnnotationDocument&)>& accept)
{
    AnnotationDocument* shown = dataset.current();
    if (shown == nullptr || shown->prediction() == nullptr) {
        return;
    }
    const QString warning = outsideText(*shown->prediction(), model);
    if (warning.isEmpty()) {
        accept(*shown);
        return;
    }
    auto* question = new QMessageBox(
        QMessageBox::Warning,
        translated(QT_TRANSLATE_NOOP("guidino::ui::AcceptGuard", "Accept this prediction?")),
        warning + QLatin1Char('.'),
        QMessageBox::NoButton,
        &window);
    question->setObjectName(QStringLiteral("outsideQuestion"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(translated(QT_TRANSLATE_NOOP(
        "guidino::ui::AcceptGuard",
        "What it was measured on does not hold for such images. Look closely before you use it.")));
    QPushButton* yes = question->addButton(
        translated(QT_TRANSLATE_NOOP("guidino::ui::AcceptGuard", "Accept all the same")),
        QMessageBox::DestructiveRole);
    auto* no = question->addButton(QMessageBox::Cancel);
    question->setDefaultButton(no);
    QObject::connect(
        question,
        &QMessageBox::buttonClicked,
        &window,
        [yes, accept, &dataset, id = shown->id()](QAbstractButton* button) {
            AnnotationDocument* asked = dataset.document(id);
            if (button == yes && asked != nullptr) {
                accept(*asked);
            }
        });
    question->open();
}

} // namespace guidino::ui
