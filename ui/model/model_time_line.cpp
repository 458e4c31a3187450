// SPDX-License-Identifier: Apache-2.0
#include "ui/model/model_time_line.h"

#include "ui/model/comparison_text.h"
#include "ui/model/model_registry.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include <utility>

namespace guidino::ui {

namespace {

std::optional<ModelFigure>
figureOf(const project::ModelRecord& model, const QString& key, const QString& value)
{
    const QJsonObject figure =
        QJsonDocument::fromJson(model.record.toUtf8()).object()[key].toObject();
    if (!figure[value].isDouble()) {
        return std::nullopt;
    }
    ModelFigure found{figure[value].toDouble(), figure[QLatin1StringView("count")].toInt()};
    if (const QJsonValue start = figure[QLatin1StringView("start")]; start.isDouble()) {
        found.before = start.toDouble();
    }
    return found;
}

} // namespace

std::optional<ModelFigure> validationFigureOf(const project::ModelRecord& model)
{
    return figureOf(model, QStringLiteral("validation"), QStringLiteral("score"));
}

std::optional<ModelFigure> lockedFigureOf(const project::ModelRecord& model)
{
    return figureOf(model, QStringLiteral("locked"), QStringLiteral("dsc"));
}

ModelTimeLine::ModelTimeLine(ModelRegistry& models, QObject* parent)
    : QAbstractListModel(parent)
    , m_models(models)
{
    connect(&models, &ModelRegistry::changed, this, &ModelTimeLine::noteModels);
    noteModels();
}

void ModelTimeLine::noteModels()
{
    const int count = static_cast<int>(m_models.models().size());
    if (count == m_rows) {
        if (count > 0) {
            Q_EMIT dataChanged(index(0), index(count - 1));
        }
    } else {
        beginResetModel();
        m_rows = count;
        endResetModel();
    }
    // The newest against the current one, until the user chooses others.
    QString a = m_models.find(m_a) != nullptr ? m_a : QString();
    QString b = m_models.find(m_b) != nullptr ? m_b : QString();
    const QString current = m_models.current();
    if (a.isEmpty() && current != b && m_models.find(current) != nullptr) {
        a = current;
    }
    if (b.isEmpty() && count > 1) {
        for (auto one = m_models.models().rbegin(); one != m_models.models().rend(); ++one) {
            if (one->sha256 != a) {
                b = one->sha256;
                break;
            }
        }
    }
    choose(a, b);
}

void ModelTimeLine::choose(const QString& a, const QString& b)
{
    if (a == m_a && b == m_b) {
        return;
    }
    m_a = a;
    m_b = b;
    if (m_rows > 0) {
        Q_EMIT dataChanged(index(0), index(m_rows - 1));
    }
    Q_EMIT chosen();
}

void ModelTimeLine::setA(const QString& sha256)
{
    choose(sha256, sha256 == m_b ? m_a : m_b);
}

void ModelTimeLine::setB(const QString& sha256)
{
    choose(sha256 == m_a ? m_b : m_a, sha256);
}

bool ModelTimeLine::step(int by)
{
    const int way = by < 0 ? -1 : 1;
    int row = rowOf(m_b);
    if (row < 0) {
        row = way > 0 ? -1 : m_rows;
    }
    for (row += way; row >= 0 && row < m_rows; row += way) {
        const QString& sha256 = m_models.models()[static_cast<std::size_t>(row)].sha256;
        if (sha256 != m_a) {
            choose(m_a, sha256);
            return true;
        }
    }
    return false;
}

int ModelTimeLine::rowOf(const QString& sha256) const
{
    for (int row = 0; row < m_rows; ++row) {
        if (m_models.models()[static_cast<std::size_t>(row)].sha256 == sha256) {
            return row;
        }
    }
    return -1;
}

QString ModelTimeLine::nameOf(const QString& sha256) const
{
    const project::ModelRecord* record = m_models.find(sha256);
    return record != nullptr ? record->name : sha256.left(8);
}

QString ModelTimeLine::nameOf(project::ModelState state)
{
    switch (state) {
    case project::ModelState::Offered:
        return tr("Offered");
    case project::ModelState::Current:
        return tr("Current");
    case project::ModelState::Retired:
        return tr("Retired");
    }
    return {};
}

int ModelTimeLine::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

QString ModelTimeLine::validationTextOf(const project::ModelRecord& model)
{
    const auto figure = validationFigureOf(model);
    if (!figure) {
        return {};
    }
    const QString value = ComparisonText::number(figure->value);
    if (model.run.isEmpty()) {
        return tr("DSC %1 on other images").arg(value); // not to be compared with the others
    }
    return figure->before
               ? tr("Validation DSC %1 → %2").arg(ComparisonText::number(*figure->before), value)
               : tr("Validation DSC %1").arg(value);
}

QVariant ModelTimeLine::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= static_cast<int>(m_models.models().size())) {
        return {};
    }
    const project::ModelRecord& model = m_models.models()[static_cast<std::size_t>(index.row())];
    const auto figure = [](const std::optional<ModelFigure>& found) {
        return found ? ComparisonText::number(found->value) : QString();
    };
    switch (role) {
    case Qt::DisplayRole:
        return model.name;
    case Qt::AccessibleTextRole:
        return tr("%1, %2, %3")
            .arg(
                model.name,
                nameOf(m_models.stateOf(model.sha256)),
                data(index, WhenRole).toString());
    case Qt::ToolTipRole:
        return tr("%1\nSHA-256 %2\n%3").arg(model.name, model.sha256, model.path);
    case ShaRole:
        return model.sha256;
    case StateRole:
        return static_cast<int>(m_models.stateOf(model.sha256));
    case StateTextRole:
        return nameOf(m_models.stateOf(model.sha256));
    case WhenRole:
        return QLocale().toString(model.added.toLocalTime(), QLocale::ShortFormat);
    case ParentRole:
        return m_models.find(model.parent) != nullptr ? tr("from %1").arg(nameOf(model.parent))
                                                      : QString();
    case ValidationRole:
        return validationTextOf(model);
    case LockedRole:
        return figure(lockedFigureOf(model));
    case SideRole:
        return model.sha256 == m_a ? 1 : model.sha256 == m_b ? 2 : 0;
    default:
        return {};
    }
}

} // namespace guidino::ui
