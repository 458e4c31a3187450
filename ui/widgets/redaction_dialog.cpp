// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/redaction_dialog.h"

#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/notice.h"
#include "ui/model/project_controller.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace guidino::ui {

RedactionDialog::RedactionDialog(
    ProjectController& project, DatasetController& dataset, QWidget* parent)
    : QDialog(parent)
    , m_project(project)
    , m_dataset(dataset)
    , m_view(new ReviewView(this))
    , m_all(new QRadioButton(tr("All images of the project"), this))
    , m_one(new QRadioButton(tr("This image only"), this))
    , m_state(new QLabel(this))
    , m_remove(new QPushButton(tr("Remove the last box"), this))
{
    setObjectName(QStringLiteral("redactionDialog"));
    setWindowTitle(tr("Hide burned-in identifiers"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* text = new QLabel(
        tr("Draw a box over names, dates and numbers that are part of the picture. It is black in "
           "exports, reports, packages for readers and in the pixels that models are trained on; "
           "the file itself is not changed."),
        this);
    text->setWordWrap(true);
    text->setProperty("role", QStringLiteral("muted"));
    m_view->setObjectName(QStringLiteral("redactionView"));
    m_view->setAccessibleName(tr("Draw boxes here"));
    m_view->setPointing(ReviewView::Pointing::Rect);
    m_view->setPlaceholder(tr("Open an image first."));
    m_all->setObjectName(QStringLiteral("redactAll"));
    m_one->setObjectName(QStringLiteral("redactOne"));
    m_all->setChecked(true);
    m_state->setProperty("role", QStringLiteral("muted"));
    m_state->setWordWrap(true);
    auto* closeButton = new QPushButton(tr("Close"), this);
    auto* scope = new QHBoxLayout;
    scope->addWidget(m_all);
    scope->addWidget(m_one);
    scope->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_remove);
    buttons->addWidget(m_state, 1);
    buttons->addWidget(closeButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(text);
    layout->addLayout(scope);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);
    resize(860, 700);
    connect(m_view, &ReviewView::rectDrawn, this, &RedactionDialog::add);
    connect(m_remove, &QPushButton::clicked, this, &RedactionDialog::removeLast);
    connect(m_all, &QRadioButton::toggled, this, &RedactionDialog::load);
    connect(closeButton, &QPushButton::clicked, this, &QDialog::close);
    connect(&dataset, &DatasetController::currentChanged, this, &RedactionDialog::load);
    connect(&project, &ProjectController::aboutToClose, this, &QDialog::close);
    load();
}

project::RedactionRegions& RedactionDialog::regions()
{
    return m_all->isChecked() ? m_ofProject : m_ofImage;
}

void RedactionDialog::load()
{
    const AnnotationDocument* shown = m_dataset.current();
    m_image = shown != nullptr ? shown->id() : ImageId{};
    m_view->setImage(shown != nullptr ? shown->image() : nullptr);
    m_ofProject.clear();
    m_ofImage.clear();
    if (m_project.store() == nullptr) {
        return;
    }
    if (auto found = project::projectRedactions(*m_project.store())) {
        m_ofProject = std::move(found).value();
    } else {
        m_state->setText(tr("The boxes of this project are damaged; draw them anew."));
    }
    if (auto found = project::imageRedactions(*m_project.store(), m_image)) {
        m_ofImage = std::move(found).value();
    }
    std::vector<QRectF> boxes;
    for (const auto* list : {&m_ofProject, &m_ofImage}) {
        for (const project::RedactionRegion& one : *list) {
            boxes.emplace_back(one.x, one.y, one.width, one.height);
        }
    }
    m_view->setRegions(std::move(boxes));
    m_remove->setEnabled(!regions().empty() && !m_project.isReadOnly());
    m_remove->setToolTip(
        m_project.isReadOnly() ? tr("The project is open for reading only.")
        : regions().empty()    ? tr("There is no box yet; draw one on the image.")
                               : QString());
    m_state->setText(
        tr("%1 for all images, %2 for this one").arg(m_ofProject.size()).arg(m_ofImage.size()));
}

void RedactionDialog::store(const project::RedactionRegions& wanted)
{
    const bool isForAll = m_all->isChecked();
    const Status kept = m_project.change(m_image, [&](project::ProjectStore& store) {
        return isForAll ? project::setProjectRedactions(store, wanted)
                        : project::setImageRedactions(store, m_image, wanted);
    });
    load();
    if (!kept) {
        m_state->setText(tr("The box was not kept. %1").arg(sentenceFor(kept.error().code)));
    }
}

void RedactionDialog::add(const QRectF& region)
{
    if (!m_image.isValid()) {
        return;
    }
    project::RedactionRegions wanted = regions();
    wanted.push_back({region.x(), region.y(), region.width(), region.height()});
    store(wanted);
}

void RedactionDialog::removeLast()
{
    project::RedactionRegions wanted = regions();
    if (!wanted.empty()) {
        wanted.pop_back();
        store(wanted);
    }
}

} // namespace guidino::ui
