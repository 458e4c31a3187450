// SPDX-License-Identifier: Apache-2.0
#include "ui/model/prediction_controller.h"

#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"

#include <QFileInfo>
#include <QThread>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

using Answer = Result<std::shared_ptr<const Prediction>>;

/// One core stays with the window, so that painting is never short of it; and threads that wait for
/// each other on cores that other work holds are far slower than fewer threads.
int workerThreads()
{
    return std::max(1, QThread::idealThreadCount() - 1);
}

ErrorCode codeFrom(const std::string& name)
{
    for (const ErrorCode code :
         {ErrorCode::CheckFailed,
          ErrorCode::Usage,
          ErrorCode::Configuration,
          ErrorCode::NotFound,
          ErrorCode::BadInput,
          ErrorCode::OutOfMemory,
          ErrorCode::OutOfDeviceMemory,
          ErrorCode::Cancelled,
          ErrorCode::CannotWrite}) {
        if (name == nameOf(code)) {
            return code;
        }
    }
    return ErrorCode::Internal;
}

} // namespace

PredictionController::PredictionController(
    DatasetController& dataset, const QString& program, QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_program(program)
    , m_worker(
          program,
          {QStringLiteral("serve"),
           QStringLiteral("--device"),
           QStringLiteral("auto"),
           QStringLiteral("--threads"),
           QString::number(workerThreads())})
{
    m_pool.setMaxThreadCount(1); // answers in the order they came
    connect(&dataset, &DatasetController::opened, this, [this] {
        // Ids belong to one data set: late answers are not for the images of this one.
        ++m_generation;
        m_pending.clear();
        wish({});
        become(restingState());
    });
    connect(&dataset, &DatasetController::currentChanged, this, [this](AnnotationDocument* shown) {
        if (isWaiting() && (shown == nullptr || shown->id() != m_wished)) {
            wish({}); // who went on does not wait for it any more
        }
    });
    using jobs::ServeWorker;
    connect(&m_worker, &ServeWorker::stateChanged, this, &PredictionController::noteWorkerState);
    connect(&m_worker, &ServeWorker::modelLoaded, this, &PredictionController::noteModelLoaded);
    connect(&m_worker, &ServeWorker::failed, this, &PredictionController::noteFailed);
    connect(&m_worker, &ServeWorker::died, this, &PredictionController::noteDeath);
    connect(&m_worker, &ServeWorker::replaced, this, [this](const QString& job) {
        m_pending.remove(job);
        dropAsked(job);
        predictWished();
        become(restingState());
    });
    connect(
        &m_worker,
        &ServeWorker::predicted,
        this,
        [this](const QString& job, const protocol::Prediction& answer) {
            if (const auto pending = m_pending.constFind(job); pending != m_pending.constEnd()) {
                read(*pending, answer);
                m_pending.remove(job);
                predictWished();
                become(restingState());
            } else if (m_asked.remove(job)) {
                Q_EMIT answered(job, answer);
            }
        });
}

PredictionController::~PredictionController()
{
    m_worker.disconnect(this);
    m_pool.clear();
    m_pool.waitForDone();
}

QString PredictionController::modelName() const
{
    return QFileInfo(m_model).completeBaseName();
}

QString PredictionController::device() const
{
    // The worker takes the first usable GPU, else the CPU.
    QString name;
    for (const protocol::Device& device : m_worker.hello().devices) {
        if (!device.usable) {
            continue;
        }
        const bool isCpu = device.name == "cpu";
        if (name.isEmpty() || !isCpu) {
            name = isCpu
                       ? tr("CPU")
                       : QString::fromStdString(device.label.empty() ? device.name : device.label);
        }
        if (!isCpu) {
            break;
        }
    }
    return name;
}

QString PredictionController::reasonUnavailable() const
{
    if (m_dataset.current() == nullptr) {
        return tr("Open an image first.");
    }
    switch (m_state) {
    case State::Off:
        return m_program.isEmpty() ? tr("The program guidino was not found beside this one.")
                                   : tr("The model is not running.");
    case State::NoModel:
        return tr("Choose a model first.");
    case State::Dead:
        return tr("The model's process ended; restart it first.");
    default:
        return {};
    }
}

void PredictionController::setModel(const QString& model)
{
    m_model = model;
    m_isModelLoaded = false;
    m_loadJob.clear();
    Q_EMIT modelChanged();
    if (m_program.isEmpty()) {
        return;
    }
    if (m_worker.state() == jobs::ServeWorker::State::Ready
        || m_worker.state() == jobs::ServeWorker::State::Starting) {
        m_loadJob = m_model.isEmpty() ? QString() : m_worker.loadModel(m_model);
        become(restingState());
    } else {
        start();
    }
}

void PredictionController::start()
{
    if (!m_program.isEmpty()) {
        m_worker.start();
    }
}

void PredictionController::restart()
{
    m_pending.clear();
    m_isModelLoaded = false;
    m_loadJob.clear();
    dropAllAsked();
    m_worker.restart();
}

void PredictionController::shutdown()
{
    m_worker.shutdown();
}

void PredictionController::predictCurrent()
{
    const AnnotationDocument* document = m_dataset.current();
    if (document == nullptr || !reasonUnavailable().isEmpty()) {
        return;
    }
    const ImageId image = document->id();
    if (!m_isModelLoaded) {
        wish(image);
    } else if (m_pending.isEmpty()) {
        request(image);
    } else if (!isUnderWay(image)) {
        wish(image);
    }
}

void PredictionController::wish(ImageId image)
{
    if (std::exchange(m_wished, image) != image) {
        Q_EMIT waitingChanged();
    }
}

/// The worker gets one image at a time: what is with it cannot be taken back.
void PredictionController::predictWished()
{
    if (isWaiting() && m_isModelLoaded && m_pending.isEmpty()) {
        const ImageId image = m_wished;
        wish({});
        request(image);
    }
}

void PredictionController::request(ImageId image)
{
    const int row = m_dataset.images().rowOf(image);
    if (row < 0) {
        return;
    }
    protocol::Predict request;
    request.image = m_dataset.images().entry(row).image.string();
    request.stream = "canvas";
    const QString job = m_worker.predict(request);
    if (!job.isEmpty()) {
        m_pending.insert(job, {image, modelInUse()});
        become(State::Busy);
        Q_EMIT waitingChanged();
    }
}

bool PredictionController::isUnderWay(ImageId image) const
{
    return std::find(m_reading.begin(), m_reading.end(), image) != m_reading.end()
           || std::any_of(m_pending.begin(), m_pending.end(), [image](const Pending& pending) {
                  return pending.image == image;
              });
}

ModelName PredictionController::modelInUse() const
{
    return {modelName(), m_model, m_info.sha256};
}

void PredictionController::offer(ImageId image, const std::shared_ptr<const Prediction>& prediction)
{
    AnnotationDocument* document = m_dataset.document(image);
    if (prediction != nullptr && document != nullptr && document->prediction() == nullptr
        && document->size() == prediction->labels.size() && prediction->bundle == m_model) {
        document->setPrediction(prediction);
        Q_EMIT predicted(image);
    }
}

QString PredictionController::ask(const protocol::Predict& request)
{
    if (!m_isModelLoaded) {
        return {};
    }
    const QString job = m_worker.predict(request);
    if (!job.isEmpty()) {
        m_asked.insert(job);
    }
    return job;
}

void PredictionController::dropAsked(const QString& job)
{
    if (m_asked.remove(job)) {
        Q_EMIT unanswered(job, {});
    }
}

void PredictionController::dropAllAsked()
{
    const QSet<QString> asked = std::exchange(m_asked, {});
    for (const QString& job : asked) {
        Q_EMIT unanswered(job, {});
    }
}

bool PredictionController::isOnGpu() const
{
    const auto& devices = m_worker.hello().devices;
    return std::any_of(devices.begin(), devices.end(), [](const protocol::Device& device) {
        return device.usable && device.name != "cpu";
    });
}

void PredictionController::release()
{
    if (m_worker.state() == jobs::ServeWorker::State::Ready) {
        m_worker.unload();
        m_isModelLoaded = false;
        become(restingState());
    }
}

void PredictionController::reload()
{
    if (!m_isModelLoaded && m_loadJob.isEmpty() && !m_model.isEmpty()) {
        setModel(m_model);
    }
}

qint64 PredictionController::workerPid() const
{
    return m_worker.hello().pid;
}

PredictionController::State PredictionController::restingState() const
{
    switch (m_worker.state()) {
    case jobs::ServeWorker::State::Stopped:
    case jobs::ServeWorker::State::Stopping:
        return State::Off;
    case jobs::ServeWorker::State::Starting:
        return State::Starting;
    case jobs::ServeWorker::State::Dead:
        return State::Dead;
    case jobs::ServeWorker::State::Ready:
        break;
    }
    if (m_isModelLoaded) {
        return m_pending.isEmpty() && m_reading.empty() ? State::Ready : State::Busy;
    }
    return m_loadJob.isEmpty() ? State::NoModel : State::Starting;
}

void PredictionController::become(State state)
{
    if (std::exchange(m_state, state) != state) {
        Q_EMIT stateChanged(state);
    }
}

void PredictionController::noteWorkerState(jobs::ServeWorker::State state)
{
    if (state == jobs::ServeWorker::State::Ready && !m_model.isEmpty() && m_loadJob.isEmpty()
        && !m_isModelLoaded) {
        m_loadJob = m_worker.loadModel(m_model);
    }
    become(restingState());
}

void PredictionController::noteModelLoaded(const QString& job, const QString& description)
{
    if (job != m_loadJob) {
        return; // another model was chosen meanwhile
    }
    m_loadJob.clear();
    m_isModelLoaded = true;
    m_info = modelInfoFrom(description);
    Q_EMIT modelLoaded();
    become(restingState());
    predictWished();
}

void PredictionController::noteFailed(const QString& job, const protocol::Failure& failure)
{
    if (m_asked.remove(job)) {
        Q_EMIT unanswered(job, QString::fromStdString(failure.message));
        return;
    }
    const bool isLoad = job == m_loadJob;
    m_pending.remove(job);
    if (isLoad) {
        m_loadJob.clear();
        wish({});
    }
    become(restingState());
    predictWished();
    const Error error{codeFrom(failure.code), failure.message, {}};
    if (error.code == ErrorCode::Cancelled) {
        return;
    }
    Notice notice = noticeFor(
        error,
        isLoad ? tr("The model %1 could not be loaded.").arg(modelName())
               : tr("The image could not be predicted."),
        isLoad ? Notice::Action::ChooseModel : Notice::Action::None);
    notice.topic = QStringLiteral("worker");
    Q_EMIT problemOccurred(notice);
}

void PredictionController::noteDeath(const jobs::JobEnd& end)
{
    m_pending.clear();
    m_loadJob.clear();
    m_isModelLoaded = false;
    wish({});
    dropAllAsked();
    become(State::Dead);
    QString text = tr("The model's process ended unexpectedly. Your labels are safe.");
    if (end.action == jobs::SuggestedAction::UpdateProgram) {
        text = tr("The program guidino is of another version than this window.");
    } else if (end.exitCode == exitCodeOf(ErrorCode::OutOfMemory)) {
        text = tr("The model ran out of memory. Your labels are safe.");
    }
    QString detail = QString::fromStdString(end.failure.message);
    if (detail.isEmpty()) {
        detail = m_worker.logTail().join(QLatin1Char('\n'));
    }
    Q_EMIT problemOccurred(
        {Notice::Severity::Error,
         text,
         detail,
         Notice::Action::RestartWorker,
         QStringLiteral("worker")});
}

void PredictionController::read(const Pending& pending, const protocol::Prediction& answer)
{
    const AnnotationDocument* document = m_dataset.document(pending.image);
    if (document == nullptr) {
        return;
    }
    m_reading.push_back(pending.image);
    afterwards(
        QtConcurrent::run(&m_pool, readPrediction, answer, document->size(), pending.model),
        this,
        [this, image = pending.image, generation = m_generation](Answer result) {
            m_reading.erase(std::find(m_reading.begin(), m_reading.end(), image));
            if (generation != m_generation) {
                become(restingState());
                return;
            }
            AnnotationDocument* target = m_dataset.document(image);
            if (!result) {
                Q_EMIT problemOccurred(noticeFor(
                    result.error(), tr("The prediction could not be read."), Notice::Action::None));
            } else if (target != nullptr && target->size() == (*result)->labels.size()) {
                target->setPrediction(std::move(result).value());
                Q_EMIT predicted(image);
            }
            become(restingState());
        });
}

} // namespace guidino::ui
