// SPDX-License-Identifier: Apache-2.0
#include "app/workbench/review_screens.h"

#include "core/project/project_store.h"
#include "core/project/review_state.h"
#include "ui/model/project_controller.h"
#include "ui/model/review_controller.h"
#include "ui/widgets/adjudication_page.h"
#include "ui/widgets/review_desk.h"

#include <QTimer>

#include <algorithm>
#include <vector>

namespace guidino {

namespace {

const QString kFirst = QStringLiteral("Reader A");
const QString kSecond = QStringLiteral("Reader B");

/// What another reader might have drawn: moved by a few pixels, and a corner more.
LabelMap drawnOtherwise(const LabelMap& labels)
{
    const Raster8 from = labels.toRaster();
    Raster8 moved(from.width(), from.height());
    const int step = std::max(2, from.width() / 60);
    for (int y = step; y < from.height(); ++y) {
        for (int x = step; x < from.width(); ++x) {
            moved.at(x, y) = from.at(x - step, y - step / 2);
        }
    }
    return LabelMap::fromRaster(moved);
}

/// Decisions of two readers on the most valuable images.
void judge(ui::ProjectController& project, const std::vector<ui::ReviewController::Item>& queue)
{
    constexpr std::size_t kMost = 9;
    for (std::size_t i = 1; i < std::min(queue.size(), kMost); ++i) {
        const ImageId image = queue[i].image;
        (void)project.change(image, [&](project::ProjectStore& store) -> Status {
            auto prediction = store.newestRevision(image, project::RevisionKind::Prediction);
            if (!prediction || !prediction->has_value()) {
                return {};
            }
            const RevisionId revision = (*prediction)->id;
            project::DecisionRecord decision;
            decision.image = image;
            decision.revision = revision;
            decision.reader = kFirst;
            decision.secondsSpent = 6.0 + 3.5 * static_cast<double>(i);
            if (i % 4 == 3) {
                decision.verdict = i == 3 ? project::Verdict::Rejected : project::Verdict::Unsure;
                decision.reason =
                    i == 3 ? QStringLiteral("Wrong object") : QStringLiteral("Image quality");
                GD_TRY(store.addDecision(decision));
                return {};
            }
            GD_TRY(project::acceptRevision(store, revision, kFirst, {}, decision.secondsSpent));
            auto labels = store.revisionLabels(revision);
            if (!labels) {
                return std::move(labels).error();
            }
            project::RevisionRecord other;
            other.image = image;
            other.kind = project::RevisionKind::Imported;
            other.author = kSecond;
            other.origin = QStringLiteral("drawn");
            other.parent = revision;
            auto drawn = store.addRevision(other, i % 2 == 0 ? drawnOtherwise(*labels) : *labels);
            if (!drawn) {
                return std::move(drawn).error();
            }
            GD_TRY(project::acceptRevision(store, *drawn, kSecond, {}, 11.0));
            return {};
        });
    }
}

} // namespace

QStringList reviewScreens()
{
    return {
        QStringLiteral("review"),
        QStringLiteral("readers"),
        QStringLiteral("export"),
        QStringLiteral("audit"),
        QStringLiteral("redaction")};
}

void arrangeReviewScreen(
    ui::MainWindow& window, const ui::WindowServices& services, const QString& screen)
{
    ui::ReviewDesk& desk = window.review();
    ui::ReviewController& review = desk.review();
    services.project.setAuthor(kFirst);
    review.rank();
    const std::vector<ui::ReviewController::Item> queue = review.queue();
    if (queue.empty()) {
        return;
    }
    judge(services.project, queue);
    if (screen == QLatin1StringView("review")) {
        review.setActive(true);
        QTimer::singleShot(300, &desk, [&review] {
            if (const auto subject = review.subject(); !subject.labels.isEmpty()) {
                const Size size = subject.labels.size();
                review.addNote(
                    {0.62 * size.width, 0.4 * size.height}, QStringLiteral("Border unclear here"));
            }
            review.chooseReason(1);
        });
    } else if (screen == QLatin1StringView("readers")) {
        desk.showComparison();
        QTimer::singleShot(500, &desk, [&desk] { desk.adjudication().table().selectRow(1); });
    } else if (screen == QLatin1StringView("export")) {
        desk.showExport();
    } else if (screen == QLatin1StringView("audit")) {
        desk.showAudit();
    } else if (screen == QLatin1StringView("redaction")) {
        desk.showRedaction();
    }
}

} // namespace guidino
