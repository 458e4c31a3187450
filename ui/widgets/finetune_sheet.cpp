// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/finetune_sheet.h"

#include "ui/model/read_out.h"
#include "ui/widgets/main_window.h"

#include <QDoubleValidator>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr int kWidth = 440;
constexpr int kIndent = 24; // of a reason below its radio button

QString titleOf(UpdateScope scope)
{
    switch (scope) {
    case UpdateScope::TokenBook:
        return FineTuneSheet::tr("TokenBook only");
    case UpdateScope::Decoder:
        return FineTuneSheet::tr("TokenBook and decoder");
    case UpdateScope::Network:
        return FineTuneSheet::tr("TokenBook and whole network");
    case UpdateScope::Lora:
        return FineTuneSheet::tr("… and adapters (LoRA) in the ViT");
    case UpdateScope::Everything:
        break;
    }
    return FineTuneSheet::tr("Everything, the ViT too");
}

QString explanationOf(UpdateScope scope)
{
    switch (scope) {
    case UpdateScope::TokenBook:
        return FineTuneSheet::tr("Where the model looks, not how it segments: fast and hard to "
                                 "spoil. For corrected guides.");
    case UpdateScope::Decoder:
        return FineTuneSheet::tr("How features become a mask; the features stay as they are.");
    case UpdateScope::Network:
        return FineTuneSheet::tr("All but the ViT: learns most from a few dozen masks.");
    case UpdateScope::Lora:
        return FineTuneSheet::tr("A few weights more, inside the ViT; takes memory and time.");
    case UpdateScope::Everything:
        break;
    }
    return FineTuneSheet::tr("For hundreds of masks and a large GPU.");
}

QString titleOf(Effort effort)
{
    switch (effort) {
    case Effort::Quick:
        return FineTuneSheet::tr("Quick");
    case Effort::Balanced:
        return FineTuneSheet::tr("Balanced");
    case Effort::Thorough:
        break;
    }
    return FineTuneSheet::tr("Thorough");
}

QString sizeText(std::uint64_t bytes)
{
    return QLocale().formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

QString modelLine(const TrainableModel& model)
{
    return model.problem.isEmpty() ? model.title
                                   : FineTuneSheet::tr("%1 (not here)").arg(model.title);
}

} // namespace

FineTuneSheet::FineTuneSheet(const WindowServices& services, QAction& open, QWidget& area)
    : Sheet(tr("Fine-tune"), kWidth, services.theme, area)
    , m_plan(
          services.dataset,
          services.prediction,
          services.training,
          services.settings,
          services.demoModel)
    , m_counts(makeText({}, "strong", this))
    , m_parts(makeText({}, "muted", this))
    , m_model(new QComboBox(this))
    , m_modelNote(makeText({}, "small", this))
    , m_weights(new QPushButton(tr("How to add weights…"), this))
    , m_scopes(new QButtonGroup(this))
    , m_efforts(new QButtonGroup(this))
    , m_effortNote(makeText({}, "small", this))
    , m_machine(makeText({}, "muted", this))
    , m_trying(new QProgressBar(this))
    , m_fix(new QPushButton(this))
    , m_again(new QPushButton(tr("Try again"), this))
    , m_cancelTry(new QPushButton(tr("Do not try it out"), this))
    , m_reason(makeText({}, "muted", this))
    , m_start(new QPushButton(tr("Start fine-tuning"), this))
    , m_more(new QToolButton(this))
    , m_moreFields(new QWidget(this))
    , m_epochs(new QSpinBox(this))
    , m_augmentation(new QComboBox(this))
    , m_usesGuides(new QCheckBox(tr("Learn from corrected guides"), this))
    , m_guideWeight(new QDoubleSpinBox(this))
    , m_imageSize(new QSpinBox(this))
    , m_batch(new QSpinBox(this))
    , m_learningRate(new QLineEdit(this))
    , m_device(new QComboBox(this))
{
    addData();
    addModel();
    addScopes();
    addEfforts();
    addMachine();
    m_start->setObjectName(QStringLiteral("fineTuneStart"));
    m_start->setProperty("primary", true);
    m_start->setDefault(true);
    content().addWidget(m_reason);
    content().addWidget(m_start);
    addMore();
    content().addStretch(1);
    connect(m_start, &QPushButton::clicked, this, &FineTuneSheet::go);
    connect(&m_plan, &FineTuneController::changed, this, &FineTuneSheet::refresh);
    connect(&m_plan, &FineTuneController::preflightChanged, this, &FineTuneSheet::refresh);
    connect(&m_plan, &FineTuneController::problemOccurred, this, &FineTuneSheet::problemOccurred);
    connect(this, &Sheet::closed, this, [this] { m_plan.setActive(false); });
    connect(&open, &QAction::triggered, this, &FineTuneSheet::start);
}

void FineTuneSheet::start()
{
    m_plan.setActive(true);
    open();
    m_start->setFocus();
}

void FineTuneSheet::startWithStarter()
{
    m_plan.setActive(true);
    choose([this](FineTuneOptions& options) {
        const auto& models = m_plan.models();
        const auto starter = std::find_if(models.begin(), models.end(), [](const auto& one) {
            return one.isFromScratch && one.problem.isEmpty();
        });
        if (starter != models.end()) {
            options.model = *starter;
        }
    });
    open();
    m_start->setFocus();
}

void FineTuneSheet::go()
{
    if (!m_plan.reasonUnavailable().isEmpty()) {
        start(); // says why
        return;
    }
    m_plan.start();
    close();
}

void FineTuneSheet::addHeading(const QString& text)
{
    content().addSpacing(4);
    content().addWidget(makeText(text, "heading", this));
}

void FineTuneSheet::addData()
{
    m_counts->setObjectName(QStringLiteral("fineTuneCounts"));
    m_counts->setAccessibleName(tr("What the training learns from"));
    m_parts->setObjectName(QStringLiteral("fineTuneParts"));
    content().addWidget(m_counts);
    content().addWidget(m_parts);
}

void FineTuneSheet::addModel()
{
    addHeading(tr("START FROM"));
    m_model->setObjectName(QStringLiteral("fineTuneModel"));
    m_model->setAccessibleName(tr("Model to start from"));
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_weights->setObjectName(QStringLiteral("fineTuneWeights"));
    content().addWidget(m_model);
    content().addWidget(m_modelNote);
    content().addWidget(m_weights, 0, Qt::AlignLeft);
    connect(m_weights, &QPushButton::clicked, this, &FineTuneSheet::weightsWanted);
    connect(m_model, &QComboBox::activated, this, [this](int row) {
        choose([this, row](FineTuneOptions& options) {
            options.model = m_plan.models()[static_cast<std::size_t>(row)];
        });
    });
}

void FineTuneSheet::addScopes()
{
    addHeading(tr("WHAT CHANGES"));
    auto* column = new QVBoxLayout;
    column->setSpacing(2);
    for (std::size_t i = 0; i < kUpdateScopes.size(); ++i) {
        auto* button = new QRadioButton(titleOf(kUpdateScopes[i]), this);
        button->setObjectName(QStringLiteral("fineTuneScope%1").arg(i));
        button->setToolTip(explanationOf(kUpdateScopes[i]));
        m_scopes->addButton(button, static_cast<int>(i));
        column->addWidget(button);
        m_scopeReasons[i] = makeText({}, "small", this);
        m_scopeReasons[i]->setContentsMargins(kIndent, 0, 0, 2);
        column->addWidget(m_scopeReasons[i]);
    }
    content().addLayout(column);
    connect(m_scopes, &QButtonGroup::idClicked, this, [this](int id) {
        choose([id](FineTuneOptions& options) {
            options.scope = kUpdateScopes[static_cast<std::size_t>(id)];
        });
    });
}

void FineTuneSheet::addEfforts()
{
    addHeading(tr("HOW LONG"));
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    for (std::size_t i = 0; i < kEfforts.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setObjectName(QStringLiteral("fineTuneEffort%1").arg(i));
        button->setProperty("chip", true);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_efforts->addButton(button, static_cast<int>(i));
        row->addWidget(button, 1);
    }
    m_efforts->setExclusive(true);
    content().addLayout(row);
    content().addWidget(m_effortNote);
    connect(m_efforts, &QButtonGroup::idClicked, this, [this](int id) {
        choose([id](FineTuneOptions& options) {
            options.effort = kEfforts[static_cast<std::size_t>(id)];
            options.epochs = 0;
        });
    });
}

void FineTuneSheet::addMachine()
{
    addHeading(tr("ON THIS COMPUTER"));
    m_machine->setObjectName(QStringLiteral("fineTuneMachine"));
    m_machine->setAccessibleName(tr("Memory and time of this training"));
    m_trying->setRange(0, 0);
    m_trying->setTextVisible(false);
    m_trying->setAccessibleName(tr("Two steps are being tried"));
    m_fix->setObjectName(QStringLiteral("fineTuneFix"));
    m_again->setObjectName(QStringLiteral("fineTuneAgain"));
    m_cancelTry->setObjectName(QStringLiteral("fineTuneCancelTry"));
    content().addWidget(m_machine);
    content().addWidget(m_trying);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_fix);
    row->addWidget(m_again);
    row->addWidget(m_cancelTry);
    row->addStretch(1);
    content().addLayout(row);
    connect(m_fix, &QPushButton::clicked, &m_plan, &FineTuneController::applyFix);
    connect(m_again, &QPushButton::clicked, &m_plan, &FineTuneController::tryOut);
    connect(m_cancelTry, &QPushButton::clicked, &m_plan, &FineTuneController::cancelTry);
}

void FineTuneSheet::addField(const QString& name, QWidget* field)
{
    auto* form = static_cast<QFormLayout*>(m_moreFields->layout());
    field->setAccessibleName(name);
    form->addRow(name, field);
}

void FineTuneSheet::addMore()
{
    m_more->setText(tr("More settings"));
    m_more->setObjectName(QStringLiteral("fineTuneMore"));
    m_more->setCheckable(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setArrowType(Qt::RightArrow);
    m_more->setFocusPolicy(Qt::StrongFocus);
    content().addWidget(m_more, 0, Qt::AlignLeft);
    auto* form = new QFormLayout(m_moreFields);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(8);
    m_moreFields->hide();
    content().addWidget(m_moreFields);
    connect(m_more, &QToolButton::toggled, this, [this](bool isOpen) {
        m_more->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
        m_moreFields->setVisible(isOpen);
    });

    m_epochs->setRange(1, 5000);
    m_epochs->setToolTip(tr("How often the training sees each image"));
    addField(tr("Epochs"), m_epochs);
    m_augmentation->addItem(tr("As the model was trained"), QString());
    m_augmentation->addItem(tr("GuiDINO's"), QStringLiteral("guidino"));
    m_augmentation->addItem(tr("nnU-Net's"), QStringLiteral("nnunet"));
    m_augmentation->addItem(tr("None"), QStringLiteral("none"));
    addField(tr("Augmentation"), m_augmentation);
    form->addRow(m_usesGuides);
    m_guideWeight->setRange(0.1, 100);
    m_guideWeight->setDecimals(1);
    m_guideWeight->setToolTip(
        tr("How much a painted place counts, against one that the mask says"));
    addField(tr("Weight of painted places"), m_guideWeight);
    m_imageSize->setRange(32, 2048);
    m_imageSize->setSingleStep(32);
    m_imageSize->setSuffix(tr(" px"));
    addField(tr("Image size"), m_imageSize);
    m_batch->setRange(1, 256);
    addField(tr("Images a step"), m_batch);
    auto* validator = new QDoubleValidator(1e-8, 1, 10, m_learningRate);
    validator->setNotation(QDoubleValidator::ScientificNotation);
    validator->setLocale(QLocale::c());
    m_learningRate->setValidator(validator);
    m_learningRate->setPlaceholderText(tr("as the recipe says"));
    addField(tr("Learning rate"), m_learningRate);
    m_device->addItem(tr("Best that is there"), QStringLiteral("auto"));
    m_device->addItem(tr("Processor"), QStringLiteral("cpu"));
    m_device->addItem(tr("Graphics card"), QStringLiteral("cuda"));
    addField(tr("Compute on"), m_device);

    const auto number = [this](QSpinBox* box, int FineTuneOptions::*field) {
        connect(box, &QSpinBox::valueChanged, this, [this, field](int value) {
            choose([field, value](FineTuneOptions& options) { options.*field = value; });
        });
    };
    number(m_epochs, &FineTuneOptions::epochs);
    number(m_imageSize, &FineTuneOptions::imageSize);
    number(m_batch, &FineTuneOptions::batchSize);
    connect(m_augmentation, &QComboBox::activated, this, [this](int row) {
        choose([this, row](FineTuneOptions& options) {
            options.augmentation = m_augmentation->itemData(row).toString();
        });
    });
    connect(m_device, &QComboBox::activated, this, [this](int row) {
        choose([this, row](FineTuneOptions& options) {
            options.device = m_device->itemData(row).toString();
        });
    });
    connect(m_usesGuides, &QCheckBox::toggled, this, [this](bool isOn) {
        choose([isOn](FineTuneOptions& options) { options.usesGuides = isOn; });
    });
    connect(m_guideWeight, &QDoubleSpinBox::valueChanged, this, [this](double weight) {
        choose([weight](FineTuneOptions& options) { options.guideWeight = weight; });
    });
    connect(m_learningRate, &QLineEdit::editingFinished, this, [this] {
        const double rate = QLocale::c().toDouble(m_learningRate->text());
        choose([rate](FineTuneOptions& options) { options.learningRate = rate; });
    });
}

template<typename Change>
void FineTuneSheet::choose(const Change& change)
{
    if (m_isFilling) {
        return;
    }
    FineTuneOptions options = m_plan.options();
    change(options);
    m_plan.setOptions(std::move(options));
}

void FineTuneSheet::refresh()
{
    m_isFilling = true;
    const FineTuneCounts& counts = m_plan.counts();
    QStringList heads;
    if (counts.correctedGuides > 0) {
        heads << tr("%n corrected guide(s)", nullptr, counts.correctedGuides);
    }
    if (counts.correctedMasks > 0) {
        heads << tr("%n corrected mask(s)", nullptr, counts.correctedMasks);
    }
    if (const int others = counts.train - counts.correctedMasks; others > 0) {
        heads << tr("%n mask(s) as imported", nullptr, others);
    }
    if (counts.locked > 0) {
        heads << tr("%n held-out locked", nullptr, counts.locked);
    }
    m_counts->setText(
        heads.isEmpty() ? tr("No labelled images yet") : heads.join(QStringLiteral(", ")));
    QStringList parts;
    if (counts.validation > 0) {
        parts << tr(
            "The best checkpoint is chosen by %n validation image(s) alone.",
            nullptr,
            counts.validation);
    }
    if (counts.locked > 0) {
        parts
            << (counts.locksLookedAt > 0
                    ? tr(
                        "Locked cases never train; they were looked at %n time(s).",
                        nullptr,
                        counts.locksLookedAt)
                    : tr("Locked cases never train; nobody has looked at them yet."));
    }
    if (counts.newlyHeldOut > 0) {
        parts << tr(
            "Of these, %n are drawn by chance now, group by group, and stay so.",
            nullptr,
            counts.newlyHeldOut);
    }
    if (counts.barred > 0) {
        parts << tr(
            "%n rejected, unsure or contested image(s) are left out.", nullptr, counts.barred);
    }
    if (counts.alikeLocked > 0) {
        parts << tr(
            "%n image(s) are left out because they show the scene of a locked case.",
            nullptr,
            counts.alikeLocked);
    }
    if (counts.areAllAlike) {
        parts << tr("All labelled images show one scene: figures of the held-out ones will look "
                    "too good. Add images of other patients.");
    }
    if (counts.guidesWithoutMask > 0) {
        parts << tr(
            "%n corrected guide(s) wait for a mask of their image.",
            nullptr,
            counts.guidesWithoutMask);
    }
    m_parts->setText(parts.join(QLatin1Char('\n')));
    m_parts->setVisible(!parts.isEmpty());
    refreshModels();
    const FineTuneOptions& options = m_plan.options();
    for (std::size_t i = 0; i < kUpdateScopes.size(); ++i) {
        const QString reason = reasonAgainst(options.model, kUpdateScopes[i]);
        QAbstractButton* button = m_scopes->button(static_cast<int>(i));
        button->setEnabled(reason.isEmpty());
        button->setChecked(kUpdateScopes[i] == options.scope);
        button->setAccessibleDescription(
            reason.isEmpty() ? explanationOf(kUpdateScopes[i]) : reason);
        const bool isChosen = kUpdateScopes[i] == options.scope;
        m_scopeReasons[i]->setText(isChosen ? explanationOf(kUpdateScopes[i]) : reason);
        m_scopeReasons[i]->setVisible(isChosen || !reason.isEmpty());
    }
    refreshEfforts();
    refreshMachine();
    refreshMore();
    const QString reason = m_plan.reasonUnavailable();
    m_reason->setText(reason);
    m_reason->setVisible(!reason.isEmpty());
    const Preflight& preflight = m_plan.preflight();
    const bool fits = preflight.state() != Preflight::State::Done || preflight.result().fits;
    m_start->setEnabled(reason.isEmpty() && fits);
    m_start->setToolTip(reason.isEmpty() && !fits ? tr("It does not fit as it is") : reason);
    m_isFilling = false;
}

void FineTuneSheet::refreshModels()
{
    const auto& models = m_plan.models();
    QStringList lines;
    for (const TrainableModel& model : models) {
        lines << modelLine(model);
    }
    QStringList shown;
    for (int row = 0; row < m_model->count(); ++row) {
        shown << m_model->itemText(row);
    }
    if (lines != shown) {
        m_model->clear();
        m_model->addItems(lines);
        for (int row = 0; row < lines.size(); ++row) {
            const TrainableModel& model = models[static_cast<std::size_t>(row)];
            m_model->setItemData(
                row, model.problem.isEmpty() ? model.note : model.problem, Qt::ToolTipRole);
        }
    }
    const FineTuneOptions& options = m_plan.options();
    const auto chosen = std::find(models.begin(), models.end(), options.model);
    m_model->setCurrentIndex(static_cast<int>(chosen - models.begin()));
    const TrainableModel& model = options.model;
    m_modelNote->setText(model.note);
    m_modelNote->setVisible(!model.note.isEmpty() && model.problem.isEmpty());
    m_weights->setVisible(model.lacksVit);
}

void FineTuneSheet::refreshEfforts()
{
    const FineTuneOptions& options = m_plan.options();
    const int images = m_plan.counts().train;
    for (std::size_t i = 0; i < kEfforts.size(); ++i) {
        QAbstractButton* button = m_efforts->button(static_cast<int>(i));
        const auto seconds = images > 0 ? m_plan.secondsOf(kEfforts[i]) : std::nullopt;
        const QString time = seconds ? durationText(*seconds) : QString();
        button->setText(
            time.isEmpty() ? titleOf(kEfforts[i]) : tr("%1\n%2").arg(titleOf(kEfforts[i]), time));
        button->setAccessibleName(
            time.isEmpty() ? titleOf(kEfforts[i]) : tr("%1, %2").arg(titleOf(kEfforts[i]), time));
        button->setChecked(kEfforts[i] == options.effort);
    }
    QString note;
    if (images > 0) {
        note =
            tr("%n epoch(s) of the training images",
               nullptr,
               epochsOf(options, options.effort, images));
        if (m_plan.isMeasured()) {
            note += QStringLiteral(" · ") + tr("times measured just now");
        } else if (m_plan.secondsOf(options.effort)) {
            note += QStringLiteral(" · ") + tr("times of an earlier try on this computer");
        }
    }
    m_effortNote->setText(note);
}

void FineTuneSheet::refreshMachine()
{
    const Preflight& preflight = m_plan.preflight();
    const bool isRunning = preflight.state() == Preflight::State::Running;
    const QString fix = m_plan.fixText();
    m_trying->setVisible(isRunning);
    m_cancelTry->setVisible(isRunning);
    m_again->setVisible(preflight.state() == Preflight::State::Failed);
    m_fix->setVisible(!fix.isEmpty());
    m_fix->setText(tr("Use %1").arg(fix));
    QString text;
    switch (preflight.state()) {
    case Preflight::State::Idle:
        text = tr("Not tried out.");
        break;
    case Preflight::State::Running:
        text = tr("Two steps are being tried to see what they take…");
        break;
    case Preflight::State::Failed:
        text = tr("It could not be tried out: %1").arg(preflight.failure());
        break;
    case Preflight::State::Done: {
        const jobs::PreflightReport& result = preflight.result();
        QStringList parts;
        if (result.neededBytes > 0 && result.freeBytes > 0) {
            parts << (result.fits ? tr("Needs %1 of %2 free memory.")
                                  : tr("Needs %1 of memory, %2 are free."))
                         .arg(sizeText(result.neededBytes), sizeText(result.freeBytes));
        } else if (result.neededBytes > 0) {
            parts << tr("Needs %1 of memory.").arg(sizeText(result.neededBytes));
        } else if (!result.fits) {
            parts << tr("It does not fit into the memory of this computer.");
        }
        if (result.secondsPerStep > 0) {
            parts << tr("A step takes %1 s on %2.")
                         .arg(
                             QLocale().toString(result.secondsPerStep, 'g', 2),
                             result.label.isEmpty() ? result.device : result.label);
        }
        if (result.tokensAreCached) {
            parts << tr("What the ViT sees is computed once and kept.");
        }
        if (!result.fits && fix.isEmpty()) {
            parts << tr("Choose a smaller model or a smaller part of it.");
        }
        text = parts.join(QLatin1Char(' '));
        break;
    }
    }
    m_machine->setText(text);
}

void FineTuneSheet::refreshMore()
{
    const FineTuneOptions& options = m_plan.options();
    m_epochs->setValue(epochsOf(options, options.effort, std::max(1, m_plan.counts().train)));
    m_augmentation->setCurrentIndex(std::max(0, m_augmentation->findData(options.augmentation)));
    const bool hasGuides = m_plan.counts().correctedGuides > 0 && options.model.hasGuide;
    m_usesGuides->setEnabled(hasGuides);
    m_usesGuides->setChecked(options.usesGuides);
    m_usesGuides->setToolTip(
        hasGuides                ? QString()
        : options.model.hasGuide ? tr("No guide of a training image was corrected.")
                                 : tr("This model has no guide."));
    m_guideWeight->setEnabled(hasGuides && options.usesGuides);
    m_guideWeight->setValue(options.guideWeight);
    m_imageSize->setValue(options.imageSize > 0 ? options.imageSize : options.model.imageSize);
    m_batch->setValue(options.effectiveBatch());
    m_learningRate->setText(
        options.learningRate > 0 ? QLocale::c().toString(options.learningRate, 'g', 6) : QString());
    m_device->setCurrentIndex(std::max(0, m_device->findData(options.device)));
}

} // namespace guidino::ui
