// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/finetune_controller.h"
#include "ui/widgets/sheet.h"

#include <QAction>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QToolButton>

#include <array>

namespace guidino::ui {

struct WindowServices;

/// One page about the next fine-tuning: what it learns from, from which model, what of it changes,
/// how long, and what that takes on this machine. Everything has a default: the button alone is
/// enough.
class FineTuneSheet : public Sheet
{
    Q_OBJECT

public:
    /// `open`: the action that asks for it.
    FineTuneSheet(const WindowServices& services, QAction& open, QWidget& area);

    /// Opens with the present plan and tries it out.
    void start();

    /// The same with the small model from scratch.
    void startWithStarter();

    /// Starts the training as the plan is.
    void go();

    [[nodiscard]] FineTuneController& plan() { return m_plan; }

Q_SIGNALS:
    /// How to add the weights of a ViT is asked for.
    void weightsWanted();
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    void addData();
    void addModel();
    void addScopes();
    void addEfforts();
    void addMachine();
    void addMore();
    void addHeading(const QString& text);
    /// A field of the folded part under its name.
    void addField(const QString& name, QWidget* field);
    void refresh();
    void refreshModels();
    void refreshEfforts();
    void refreshMachine();
    void refreshMore();
    /// Hands one change to the plan.
    template<typename Change>
    void choose(const Change& change);

    FineTuneController m_plan;
    QLabel* m_counts;
    QLabel* m_parts;
    QComboBox* m_model;
    QLabel* m_modelNote;
    QPushButton* m_weights;
    QButtonGroup* m_scopes;
    std::array<QLabel*, kUpdateScopes.size()> m_scopeReasons{};
    QButtonGroup* m_efforts;
    QLabel* m_effortNote;
    QLabel* m_machine;
    QProgressBar* m_trying;
    QPushButton* m_fix;
    QPushButton* m_again;
    QPushButton* m_cancelTry;
    QLabel* m_reason;
    QPushButton* m_start;
    QToolButton* m_more;
    QWidget* m_moreFields;
    QSpinBox* m_epochs;
    QComboBox* m_augmentation;
    QCheckBox* m_usesGuides;
    QDoubleSpinBox* m_guideWeight;
    QSpinBox* m_imageSize;
    QSpinBox* m_batch;
    QLineEdit* m_learningRate;
    QComboBox* m_device;
    bool m_isFilling = false;
};

} // namespace guidino::ui
