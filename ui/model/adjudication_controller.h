// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/editing/adjudication.h"
#include "ui/model/notice.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>

#include <optional>
#include <vector>

namespace guidino::ui {

class DatasetController;
class ProjectController;

/// Two readers of one project: how far they agree, image by image, and one label map made of both,
/// region by region. GUI thread only; the figures are computed in the background.
class AdjudicationController : public QObject
{
    Q_OBJECT

public:
    /// What is left to do with a case.
    enum class Standing {
        Open,    ///< they differ, and nobody has decided between them
        Agreed,  ///< the same verdict and the same labels
        Settled, ///< decided by a revision that was made of several readers'
    };

    /// An image that both have read.
    struct Case
    {
        ImageId image;
        QString name;               ///< pseudonym
        std::optional<double> dsc;  ///< mean over the classes where it is defined
        std::optional<double> hd95; ///< pixels
        QString verdicts;           ///< where they judged differently: "accepted / unsure"
        Standing standing = Standing::Open;
        /// Contested in the project's eyes (project::ReviewStatus), so that nothing trains with it:
        /// equal labels that were drawn twice are, until they are settled.
        bool isContested = false;
    };

    /// A label map made of all readers of the image.
    enum class Consensus {
        Majority, ///< what most of them drew; ties are background
        Staple,   ///< weighing each by how far the others agree (editing::stapleOf())
    };

    AdjudicationController(
        ProjectController& project, DatasetController& dataset, QObject* parent = nullptr);
    ~AdjudicationController() override;

    /// Everybody who has read in this project, sorted.
    [[nodiscard]] const QStringList& readers() const { return m_readers; }

    [[nodiscard]] const QString& first() const { return m_first; }

    [[nodiscard]] const QString& second() const { return m_second; }

    /// Compares these two; refreshed() follows.
    void compare(const QString& first, const QString& second);
    /// Reads the project anew, keeping the pair where it can.
    void refresh();

    /// The open ones first, then the agreed ones, then the settled ones; each by their DSC.
    [[nodiscard]] const std::vector<Case>& cases() const { return m_cases; }

    /// Agreed cases that are contested all the same.
    [[nodiscard]] int agreedButContested() const;

    /// Stores what both drew of each of these as a new revision, accepted by the present reader.
    void settleAgreed();

    /// Opens one for adjudication.
    void open(ImageId image);

    [[nodiscard]] ImageId current() const { return m_current; }

    [[nodiscard]] const LabelMap& firstLabels() const { return m_firstLabels; }

    [[nodiscard]] const LabelMap& secondLabels() const { return m_secondLabels; }

    [[nodiscard]] const editing::Disagreement& disagreement() const { return m_disagreement; }

    [[nodiscard]] editing::Pick pickOf(int region) const
    {
        return m_picks[static_cast<std::size_t>(region)];
    }

    /// The other reader's labels for the region at that place; nothing where they agree.
    void toggleAt(Point place);
    void pickAll(editing::Pick pick);

    /// Everybody whose labels the open image has, sorted: those of a consensus.
    [[nodiscard]] const QStringList& labellers() const { return m_labellers; }

    /// Why there can be none; empty where there can.
    [[nodiscard]] QString reasonNoConsensus(Consensus kind) const;

    /// Makes the result the readers' consensus, to be looked at and stored; picks end it.
    void propose(Consensus kind);

    /// What was proposed; nothing where places are picked.
    [[nodiscard]] const std::optional<Consensus>& consensus() const { return m_consensus; }

    /// Of each labeller, as STAPLE estimated them; empty otherwise.
    [[nodiscard]] const editing::Staple& staple() const { return m_staple; }

    /// What would be stored.
    [[nodiscard]] LabelMap result() const;

    /// The result as a new revision (origin "adjudicated", "majority" or "staple"), accepted by the
    /// present reader; nothing of the readers' is changed.
    [[nodiscard]] bool store();

Q_SIGNALS:
    void refreshed();
    void currentChanged();
    void picksChanged();
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    void dropConsensus();
    [[nodiscard]] Result<RevisionId> keep(
        ImageId image,
        RevisionId parent,
        const LabelMap& labels,
        const QString& origin,
        const QString& how);
    void tell(const Error& error, const QString& what);

    ProjectController& m_project;
    DatasetController& m_dataset;
    QStringList m_readers;
    QString m_first;
    QString m_second;
    std::vector<Case> m_cases;
    ImageId m_current;
    RevisionId m_parent;
    LabelMap m_firstLabels;
    LabelMap m_secondLabels;
    editing::Disagreement m_disagreement;
    std::vector<editing::Pick> m_picks;
    QStringList m_labellers;
    std::vector<RevisionId> m_labelsOf; ///< of each labeller
    std::optional<Consensus> m_consensus;
    LabelMap m_consensusLabels;
    editing::Staple m_staple;
    int m_generation = 0;
    QThreadPool m_pool;
};

} // namespace guidino::ui
