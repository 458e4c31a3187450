// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/model_records.h"

#include <QAbstractListModel>
#include <QString>

#include <optional>

namespace guidino::ui {

class ModelRegistry;

/// A figure that is kept with a model.
struct ModelFigure
{
    double value = 0;
    int count = 0;                     ///< images that it was measured on
    std::optional<double> before = {}; ///< of the model that its training began from
};

/// What its training record says of its validation images; nullopt: nothing.
[[nodiscard]] std::optional<ModelFigure> validationFigureOf(const project::ModelRecord& model);
/// Mean DSC when it was judged on the locked images last; nullopt: it was not.
[[nodiscard]] std::optional<ModelFigure> lockedFigureOf(const project::ModelRecord& model);

/// The models of a project in their order, with which of them are looked at: A and B. GUI thread
/// only.
class ModelTimeLine : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        ShaRole = Qt::UserRole,
        StateRole, ///< int of project::ModelState
        StateTextRole,
        WhenRole,       ///< text
        ParentRole,     ///< text, "from demo"; empty: from nothing
        ValidationRole, ///< a line of text; empty: not known
        LockedRole,     ///< text; empty: not judged
        SideRole,       ///< 0 none, 1 A, 2 B
    };

    explicit ModelTimeLine(ModelRegistry& models, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// The models that are compared, by SHA-256; empty: not chosen.
    [[nodiscard]] const QString& a() const { return m_a; }

    [[nodiscard]] const QString& b() const { return m_b; }

    /// Chooses; the other side gives way where both would be the same.
    void setA(const QString& sha256);
    void setB(const QString& sha256);

    /// The next model (or, below 0, the one before) becomes B; A is stepped over. False at the
    /// ends.
    bool step(int by);

    [[nodiscard]] QString nameOf(const QString& sha256) const;

    [[nodiscard]] int rowOf(const QString& sha256) const;

    /// In the user's language.
    [[nodiscard]] static QString nameOf(project::ModelState state);

Q_SIGNALS:
    /// A or B is another one.
    void chosen();

private:
    [[nodiscard]] static QString validationTextOf(const project::ModelRecord& model);
    void noteModels();
    void choose(const QString& a, const QString& b);

    ModelRegistry& m_models;
    QString m_a;
    QString m_b;
    int m_rows = 0;
};

} // namespace guidino::ui
