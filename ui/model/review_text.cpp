// SPDX-License-Identifier: Apache-2.0
#include "ui/model/review_text.h"

#include "core/project/redaction.h"

#include <QLocale>

#include <cmath>

namespace guidino::ui {

namespace {

QString number(double value, int digits = 2)
{
    return QLocale().toString(value, 'f', digits);
}

/// The beginnings of the SHA-256 of one bundle or several.
QString shortNames(const QString& models)
{
    QStringList names;
    for (const QString& one : models.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        names << one.left(8);
    }
    return names.join(QStringLiteral(", "));
}

} // namespace

QString ReviewText::reason(const project::ReviewScore& score)
{
    switch (score.reason) {
    case project::ReviewReason::Guide:
        return score.score < 0.3
                   ? tr("guide and prediction agree (IoU %1)").arg(number(score.figure))
                   : tr("guide and prediction disagree (IoU %1)").arg(number(score.figure));
    case project::ReviewReason::Mirror:
        return tr("mirrored views disagree (%1)").arg(number(score.figure));
    case project::ReviewReason::Entropy:
        return tr("the model is unsure (%1 bit)").arg(number(score.figure));
    case project::ReviewReason::Components:
        return score.figure < 0.5
                   ? tr("nothing was found")
                   : tr("%n part(s)", nullptr, static_cast<int>(std::lround(score.figure)));
    case project::ReviewReason::Area:
        return score.figure < 0 ? tr("small for this project (z %1)").arg(number(score.figure, 1))
                                : tr("large for this project (z +%1)").arg(number(score.figure, 1));
    case project::ReviewReason::Duplicate:
        return tr("nearly the same picture as %1, which was rejected")
            .arg(project::pseudonymOf(score.other));
    }
    return {};
}

QString ReviewText::nameOf(project::ReviewReason reason)
{
    switch (reason) {
    case project::ReviewReason::Guide:
        return tr("Guide against prediction");
    case project::ReviewReason::Mirror:
        return tr("Mirrored views");
    case project::ReviewReason::Entropy:
        return tr("Uncertainty");
    case project::ReviewReason::Components:
        return tr("Number of parts");
    case project::ReviewReason::Area:
        return tr("Unusual area");
    case project::ReviewReason::Duplicate:
        return tr("Near-duplicate of a rejected case");
    }
    return {};
}

QString ReviewText::explanationOf(project::ReviewReason reason)
{
    switch (reason) {
    case project::ReviewReason::Guide:
        return tr("IoU of the prediction with as many of the guide's highest tokens");
    case project::ReviewReason::Mirror:
        return tr("How much the probabilities change when mirrored views are averaged");
    case project::ReviewReason::Entropy:
        return tr("Mean entropy of the probabilities where the object may be");
    case project::ReviewReason::Components:
        return tr("More or fewer parts than is usual in this project, or none");
    case project::ReviewReason::Area:
        return tr("Area against the usual in this project, in robust standard deviations");
    case project::ReviewReason::Duplicate:
        return tr("The picture differs in at most %1 of 64 coarse details from one that was rejected")
            .arg(project::kNearlySameBits);
    }
    return {};
}

QString ReviewText::nameOf(project::Verdict verdict)
{
    switch (verdict) {
    case project::Verdict::Accepted:
        return tr("accepted");
    case project::Verdict::Rejected:
        return tr("rejected");
    case project::Verdict::Unsure:
        return tr("unsure");
    case project::Verdict::Withdrawn:
        return tr("taken back");
    }
    return {};
}

QString ReviewText::nameOf(project::ReviewState state)
{
    switch (state) {
    case project::ReviewState::Unreviewed:
        return tr("not reviewed");
    case project::ReviewState::Accepted:
        return tr("accepted");
    case project::ReviewState::Rejected:
        return tr("rejected");
    case project::ReviewState::Unsure:
        return tr("unsure");
    case project::ReviewState::Reopened:
        return tr("edited since it was judged");
    }
    return {};
}

QString ReviewText::origin(const project::ReferenceOrigin& origin)
{
    QString text;
    if (origin.origin == QLatin1StringView("accepted")) {
        text = tr("accepted from model %1").arg(shortNames(origin.model));
    } else if (origin.origin == QLatin1StringView("adjudicated")) {
        text = tr("adjudicated");
    } else if (origin.origin == QLatin1StringView("majority")) {
        text = tr("majority of the readers");
    } else if (origin.origin == QLatin1StringView("staple")) {
        text = tr("STAPLE of the readers");
    } else if (origin.origin == QLatin1StringView("imported")) {
        text = tr("imported");
    } else {
        text = tr("drawn");
    }
    if (origin.origin != QLatin1StringView("accepted") && !origin.model.isEmpty()) {
        text = tr("%1, parts from model %2").arg(text, shortNames(origin.model));
    }
    if (origin.isCorrected) {
        text = tr("%1, corrected").arg(text);
    }
    return origin.author.isEmpty() ? text : tr("%1, %2").arg(origin.author, text);
}

QString ReviewText::conflict(const project::MergeConflict& conflict)
{
    using Kind = project::MergeConflict::Kind;
    switch (conflict.kind) {
    case Kind::Labels:
        return tr("%1 and %2 drew differently (DSC %3)")
            .arg(conflict.reader, conflict.other, number(conflict.dsc.value_or(0)));
    case Kind::Verdict:
        return tr("%1 and %2 judged differently").arg(conflict.reader, conflict.other);
    case Kind::Guide:
        return tr("Both corrected the guide; the one that was here is kept");
    case Kind::NoImage:
        return tr("This project has no such image");
    case Kind::SeveralImages:
        return tr("Several images have this content; the first was taken");
    case Kind::Classes:
        return tr("The package has other classes than this project");
    }
    return {};
}

QStringList ReviewText::defaultReasons()
{
    return {
        tr("Boundary"),
        tr("Part missed"),
        tr("Too much"),
        tr("Wrong object"),
        tr("Wrong class"),
        tr("Image quality"),
        tr("Artefact"),
        tr("Ambiguous"),
        tr("Other")};
}

QString ReviewText::duration(double seconds)
{
    if (seconds < 90) {
        return tr("%1 s").arg(number(seconds, 0));
    }
    return tr("about %1 min").arg(number(seconds / 60, 0));
}

} // namespace guidino::ui
