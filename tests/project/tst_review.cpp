// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/project/project_store.h"
#include "core/project/reader_package.h"
#include "core/project/redaction.h"
#include "core/project/review_state.h"
#include "core/project/review_value.h"

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace guidino;
using namespace guidino::project;

namespace {

/// A map of `size` with a rectangle of class 1.
LabelMap withRect(Size size, const Rect& rect)
{
    Raster8 raster(size.width, size.height);
    for (int y = rect.y; y < rect.bottom(); ++y) {
        for (int x = rect.x; x < rect.right(); ++x) {
            raster.at(x, y) = 1;
        }
    }
    return LabelMap::fromRaster(raster);
}

Raster16 probabilityOf(const LabelMap& labels, std::uint16_t inside)
{
    Raster16 map(labels.size().width, labels.size().height);
    for (int y = 0; y < map.height(); ++y) {
        for (int x = 0; x < map.width(); ++x) {
            map.at(x, y) = labels.at(x, y) != 0 ? inside : 0;
        }
    }
    return map;
}

const Size kSize{160, 120};

/// A project with `count` images on disk, each with a prediction.
struct Project
{
    explicit Project(int count)
    {
        path = folder.filePath(QStringLiteral("p"));
        auto created = ProjectStore::create(path, QStringLiteral("Clinic of Dr Who"));
        store = std::move(created).value();
        std::vector<ImageRecord> records;
        for (int i = 0; i < count; ++i) {
            Raster8 image(kSize.width, kSize.height, 3);
            for (std::size_t k = 0; k < image.pixels().size(); ++k) {
                image.pixels()[k] = static_cast<std::uint8_t>(40 + 20 * i + k % 7);
            }
            ImageRecord record;
            record.name = QStringLiteral("Mueller_Hans_%1").arg(i);
            record.path = folder.filePath(record.name + QStringLiteral(".png"));
            const auto bytes = imaging::encodePng(image).value();
            QVERIFY(writeFileAtomically(record.path.toStdString(), bytes).has_value());
            record.sha256 = QString::fromStdString(sha256Of(bytes));
            record.size = kSize;
            record.group = QStringLiteral("patient 7");
            records.push_back(record);
        }
        images = store->addImages(records).value();
        QVERIFY(store->setClasses({{1, QStringLiteral("polyp"), 0x009e73, false}}).has_value());
        for (const ImageId image : images) {
            RevisionRecord prediction;
            prediction.image = image;
            prediction.kind = RevisionKind::Prediction;
            prediction.model = QStringLiteral("sha-of-model");
            predictions.push_back(
                store->addRevision(prediction, withRect(kSize, {20, 20, 40, 40})).value());
        }
    }

    RevisionId
    draw(ImageId image, const LabelMap& labels, const QString& author, RevisionId parent = {})
    {
        RevisionRecord record;
        record.image = image;
        record.author = author;
        record.origin = QStringLiteral("drawn");
        record.parent = parent;
        return store->addRevision(record, labels).value();
    }

    void decide(ImageId image, RevisionId revision, Verdict verdict, const QString& reader)
    {
        DecisionRecord decision;
        decision.image = image;
        decision.revision = revision;
        decision.verdict = verdict;
        decision.reader = reader;
        decision.secondsSpent = 12.5;
        QVERIFY(store->addDecision(decision).has_value());
    }

    ReviewStatus statusOf(ImageId image, const QString& reader = {}) const
    {
        return reviewStatus(
            store->revisions(image).value(), store->decisions(image).value(), reader);
    }

    QTemporaryDir folder;
    QString path;
    std::unique_ptr<ProjectStore> store;
    std::vector<ImageId> images;
    std::vector<RevisionId> predictions;
};

const QString kAda = QStringLiteral("Ada");
const QString kBob = QStringLiteral("Bob");

} // namespace

class ReviewTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signalsOfKnownMaps();
    void signalsComeBackFromJson();
    void rankingStatesTheReasonAndHonoursTheWantedOnes();
    void acceptingMakesAHumanRevisionWithItsOrigin();
    void whatWasTakenOverOnTheCanvasIsKnownForEver();
    void nearDuplicatesOfRejectedCasesComeFirst();
    void rejectedAndUnsureNeverTrain();
    void editingReopensTheCase();
    void decisionsAreTakenBackOneByOne();
    void readersWhoDisagreeNeedAnAdjudication();
    void readersWhoAcceptTheSamePredictionAgree();
    void redactionBlackensAndStripsEverything();
    void aPackageIsBlindedAndComesBack();
    void aPackageWithAChangedAuditTrailIsRefused();
};

void ReviewTest::signalsOfKnownMaps()
{
    const LabelMap labels = withRect(kSize, {0, 0, 80, 60}); // the left upper quarter
    RasterF guide(8, 6);
    for (int y = 0; y < 6; ++y) {
        for (int x = 0; x < 8; ++x) {
            guide.at(x, y) = 0.5F + (x < 4 && y < 3 ? 0.01F : 0.0F);
        }
    }
    const Raster16 sure = probabilityOf(labels, 65535);
    const ReviewSignals same = reviewSignals({labels, &guide, &sure, &sure});
    QCOMPARE(same.guideIou.value(), 1.0); // whatever the guide's scale
    QCOMPARE(same.entropy.value(), 0.0);
    QCOMPARE(same.mirrorDisagreement.value(), 0.0);
    QCOMPARE(same.components, 1);
    QCOMPARE(same.areaShare, 0.25);

    // Half of the guide's mass lies elsewhere: 6 of 12 tokens in common, IoU 6 / 18.
    for (int y = 0; y < 6; ++y) {
        for (int x = 0; x < 8; ++x) {
            guide.at(x, y) = (x >= 2 && x < 6 && y < 3) ? 0.9F : 0.1F;
        }
    }
    const Raster16 unsure = probabilityOf(labels, 32768);
    const Raster16 elsewhere = probabilityOf(withRect(kSize, {80, 60, 80, 60}), 32768);
    const ReviewSignals odd = reviewSignals({labels, &guide, &unsure, &elsewhere});
    QVERIFY(std::abs(odd.guideIou.value() - 1.0 / 3.0) < 1e-9);
    QVERIFY(std::abs(odd.entropy.value() - 1.0) < 1e-6);
    QCOMPARE(odd.mirrorDisagreement.value(), 1.0);

    const ReviewSignals empty = reviewSignals({LabelMap(kSize), &guide, nullptr, nullptr});
    QCOMPARE(empty.components, 0);
    QVERIFY(!empty.guideIou && !empty.entropy && !empty.mirrorDisagreement);
    // A speck of one pixel of 19,200 counts as no part.
    QCOMPARE(reviewSignals({withRect(kSize, {5, 5, 1, 1})}).components, 0);
    QCOMPARE(reviewSignals({withRect(kSize, {5, 5, 2, 1})}).components, 1);
}

void ReviewTest::signalsComeBackFromJson()
{
    ReviewSignals one;
    one.revision = RevisionId{42};
    one.guideIou = 0.31;
    one.components = 2;
    one.areaShare = 0.125;
    QCOMPARE(reviewSignalsFrom(toJson(one)).value(), one);
    one.entropy = 0.5;
    one.mirrorDisagreement = 0.25;
    QCOMPARE(reviewSignalsFrom(toJson(one)).value(), one);
    QVERIFY(!reviewSignalsFrom("{\"area\":"));
}

void ReviewTest::rankingStatesTheReasonAndHonoursTheWantedOnes()
{
    const auto usual = [](double area) {
        ReviewSignals one;
        one.guideIou = 0.9;
        one.entropy = 0.1;
        one.components = 1;
        one.areaShare = area;
        return one;
    };
    std::vector<ReviewCandidate> candidates;
    for (int i = 1; i <= 7; ++i) {
        candidates.push_back({ImageId{i}, usual(0.10 + 0.005 * i)});
    }
    candidates[2].found->guideIou = 0.05; // image 3
    candidates[4].found->components = 3;  // image 5
    candidates[5].found->areaShare = 0.9; // image 6
    candidates.push_back({ImageId{8}, std::nullopt});
    const std::vector<ReviewReason> all(kReviewReasons.begin(), kReviewReasons.end());
    const auto ranked = rankForReview(candidates, all);
    QCOMPARE(ranked.size(), 8U);
    QCOMPARE(ranked[0].image, ImageId{3});
    QCOMPARE(ranked[0].scores.front().reason, ReviewReason::Guide);
    QCOMPARE(ranked[0].scores.front().figure, 0.05);
    QCOMPARE(ranked[1].image, ImageId{6});
    QCOMPARE(ranked[1].scores.front().reason, ReviewReason::Area);
    QVERIFY(ranked[1].scores.front().figure > 3);
    QCOMPARE(ranked[2].image, ImageId{5});
    QCOMPARE(ranked[2].scores.front().reason, ReviewReason::Components);
    QCOMPARE(ranked.back().image, ImageId{8});
    QVERIFY(ranked.back().scores.empty());
    // Without the guide, image 3 is as usual as the others.
    const auto without = rankForReview(candidates, {ReviewReason::Components, ReviewReason::Area});
    QCOMPARE(without[0].image, ImageId{6});
    QCOMPARE(without[1].image, ImageId{5});
    QVERIFY(without[2].value < 0.4);
    // An empty mask where others have one part is the oddest.
    candidates[0].found->components = 0;
    QCOMPARE(rankForReview(candidates, {ReviewReason::Components}).front().image, ImageId{1});
}

void ReviewTest::acceptingMakesAHumanRevisionWithItsOrigin()
{
    Project project(1);
    const ImageId image = project.images[0];
    const auto decision = acceptRevision(*project.store, project.predictions[0], kAda, {}, 3.5);
    QVERIFY(decision.has_value());
    const auto revisions = project.store->revisions(image).value();
    QCOMPARE(revisions.size(), 2U);
    QCOMPARE(decision->revision, revisions[1].id);
    QCOMPARE(revisions[1].kind, RevisionKind::Human);
    QCOMPARE(revisions[1].origin, QStringLiteral("accepted"));
    QCOMPARE(revisions[1].model, QStringLiteral("sha-of-model"));
    QCOMPARE(
        project.store->revisionLabels(revisions[1].id).value(),
        project.store->revisionLabels(project.predictions[0]).value());
    const ReviewStatus status = project.statusOf(image);
    QCOMPARE(status.state, ReviewState::Accepted);
    QCOMPARE(status.reference, revisions[1].id);
    // Corrected twice, it still says where it came from.
    const RevisionId first =
        project.draw(image, withRect(kSize, {20, 20, 50, 40}), kAda, revisions[1].id);
    const RevisionId second = project.draw(image, withRect(kSize, {20, 20, 60, 40}), kBob, first);
    const ReferenceOrigin origin = originOf(project.store->revisions(image).value(), second);
    QCOMPARE(origin.origin, QStringLiteral("accepted"));
    QCOMPARE(origin.model, QStringLiteral("sha-of-model"));
    QCOMPARE(origin.author, kBob);
    QVERIFY(origin.isCorrected);
    const RevisionId drawn = project.draw(image, withRect(kSize, {1, 1, 9, 9}), kBob);
    QCOMPARE(
        originOf(project.store->revisions(image).value(), drawn).origin, QStringLiteral("drawn"));
}

void ReviewTest::whatWasTakenOverOnTheCanvasIsKnownForEver()
{
    Project project(1);
    const ImageId image = project.images[0];
    const RevisionId prediction = project.predictions[0];
    const LabelMap predicted = project.store->revisionLabels(prediction).value();
    const auto save = [&](const char* origin, const QString& model, RevisionId parent) {
        RevisionRecord record;
        record.image = image;
        record.author = kAda;
        record.origin = QLatin1StringView(origin);
        record.model = model;
        record.parent = parent;
        return project.store->addRevision(record, predicted).value();
    };
    const auto origin = [&](RevisionId revision) {
        return originOf(project.store->revisions(image).value(), revision);
    };
    const QString sha = QStringLiteral("sha-of-model");
    const RevisionId taken = save("taken", sha, prediction);
    QCOMPARE(origin(taken).origin, QStringLiteral("accepted"));
    QCOMPARE(origin(taken).model, sha);
    QVERIFY(!origin(taken).isCorrected);
    for (const RevisionId one : {save("drawn", {}, taken), save("drawn", {}, prediction)}) {
        QCOMPARE(origin(one).origin, QStringLiteral("accepted"));
        QCOMPARE(origin(one).model, sha);
        QVERIFY(origin(one).isCorrected);
    }
    const RevisionId parts = save("drawn", sha, {});
    QCOMPARE(origin(parts).origin, QStringLiteral("drawn"));
    QCOMPARE(origin(parts).model, sha);
    // What parts came from does not hide what the rest was accepted from.
    QCOMPARE(origin(save("drawn", QStringLiteral("other"), taken)).model, sha);
    QVERIFY(origin(save("drawn", {}, {})).model.isEmpty());
    // A decision that is taken back does not take what was saved on the canvas with it.
    const RevisionId again = save("taken", sha, prediction);
    project.decide(image, again, Verdict::Accepted, kAda);
    QVERIFY(withdrawDecision(*project.store, image, kAda).has_value());
    QCOMPARE(project.statusOf(image).reference, again);
}

void ReviewTest::nearDuplicatesOfRejectedCasesComeFirst()
{
    Raster8 picture(90, 80, 3);
    for (std::size_t i = 0; i < picture.pixels().size(); ++i) {
        picture.pixels()[i] = static_cast<std::uint8_t>((i * 7919) % 251);
    }
    Raster8 brighter = picture;
    for (std::uint8_t& value : brighter.pixels()) {
        value = static_cast<std::uint8_t>(std::min(255, value + 3));
    }
    Raster8 other(90, 80, 3);
    for (int y = 0; y < 80; ++y) {
        for (int x = 0; x < 90; ++x) {
            other.at(x, y, 0) = static_cast<std::uint8_t>(x < 45 ? 2 * x : 180 - 2 * x);
        }
    }
    const LabelMap labels = withRect(kSize, {20, 20, 50, 40});
    const auto signalsOf = [&](const Raster8& image) {
        return reviewSignals({labels, nullptr, nullptr, nullptr, &image});
    };
    const ReviewSignals first = signalsOf(picture);
    QVERIFY(first.pictureHash.has_value());
    QCOMPARE(reviewSignalsFrom(toJson(first)).value(), first);
    std::vector<ReviewCandidate> candidates{
        {ImageId{1}, signalsOf(other), false},
        {ImageId{2}, first, true},
        {ImageId{3}, signalsOf(brighter), false}};
    const std::vector<ReviewReason> all(kReviewReasons.begin(), kReviewReasons.end());
    const auto ranked = rankForReview(candidates, all);
    QCOMPARE(ranked.front().image, ImageId{3});
    QCOMPARE(ranked.front().scores.front().reason, ReviewReason::Duplicate);
    QCOMPARE(ranked.front().scores.front().other, ImageId{2});
    const auto has = [](const RankedImage& one) {
        return std::any_of(one.scores.begin(), one.scores.end(), [](const ReviewScore& score) {
            return score.reason == ReviewReason::Duplicate;
        });
    };
    QVERIFY(!has(ranked[1]) && !has(ranked[2])); // neither another picture nor itself
    for (const RankedImage& one : rankForReview(candidates, {ReviewReason::Area})) {
        QVERIFY(!has(one)); // it can be dropped from the ranking
    }
    candidates[1].isRejected = false;
    for (const RankedImage& one : rankForReview(candidates, all)) {
        QVERIFY(!has(one));
    }
}

void ReviewTest::rejectedAndUnsureNeverTrain()
{
    Project project(3);
    std::vector<RevisionId> drawn;
    for (const ImageId image : project.images) {
        drawn.push_back(project.draw(image, withRect(kSize, {20, 20, 50, 40}), kAda));
    }
    QCOMPARE(project.statusOf(project.images[0]).reference, drawn[0]); // unreviewed labels do
    project.decide(project.images[0], drawn[0], Verdict::Rejected, kAda);
    project.decide(project.images[1], drawn[1], Verdict::Unsure, kAda);
    project.decide(project.images[2], drawn[2], Verdict::Accepted, kAda);
    const auto statuses = reviewStatuses(*project.store).value();
    QVERIFY(!statuses.at(project.images[0]).reference.isValid());
    QVERIFY(!statuses.at(project.images[1]).reference.isValid());
    QCOMPARE(statuses.at(project.images[2]).reference, drawn[2]);
    // Nor does what is drawn on a rejected image before it is judged again.
    project.draw(project.images[0], withRect(kSize, {20, 20, 60, 60}), kAda);
    QCOMPARE(project.statusOf(project.images[0]).state, ReviewState::Reopened);
    QVERIFY(!project.statusOf(project.images[0]).reference.isValid());
}

void ReviewTest::editingReopensTheCase()
{
    Project project(1);
    const ImageId image = project.images[0];
    QVERIFY(acceptRevision(*project.store, project.predictions[0], kAda).has_value());
    QTest::qWait(2); // the next revision is a later one
    const RevisionId edited = project.draw(image, withRect(kSize, {0, 0, 9, 9}), kAda);
    QCOMPARE(project.statusOf(image).state, ReviewState::Reopened);
    project.decide(image, edited, Verdict::Accepted, kAda);
    QCOMPARE(project.statusOf(image).state, ReviewState::Accepted);
    QCOMPARE(project.statusOf(image).reference, edited);
}

void ReviewTest::decisionsAreTakenBackOneByOne()
{
    Project project(1);
    const ImageId image = project.images[0];
    project.decide(image, project.predictions[0], Verdict::Rejected, kAda);
    QVERIFY(acceptRevision(*project.store, project.predictions[0], kAda).has_value());
    project.decide(image, project.predictions[0], Verdict::Unsure, kBob);
    QVERIFY(withdrawDecision(*project.store, image, kAda).has_value());
    QCOMPARE(project.statusOf(image, kAda).state, ReviewState::Rejected);
    QCOMPARE(project.statusOf(image, kBob).state, ReviewState::Unsure);
    QVERIFY(withdrawDecision(*project.store, image, kBob).has_value());
    QVERIFY(withdrawDecision(*project.store, image, kAda).has_value());
    QCOMPARE(project.statusOf(image).state, ReviewState::Unreviewed);
    // What the acceptance made does not train once it was taken back.
    QVERIFY(!project.statusOf(image).reference.isValid());
    QCOMPARE(withdrawDecision(*project.store, image, kAda).error().code, ErrorCode::NotFound);
    QCOMPARE(project.store->allDecisions().value().size(), 6U); // nothing was ever removed
    QVERIFY(project.store->verifyAuditTrail().has_value());
}

void ReviewTest::readersWhoDisagreeNeedAnAdjudication()
{
    Project project(1);
    const ImageId image = project.images[0];
    const RevisionId first = project.draw(image, withRect(kSize, {0, 0, 30, 30}), kAda);
    project.decide(image, first, Verdict::Accepted, kAda);
    QVERIFY(!project.statusOf(image).isContested);
    RevisionRecord imported;
    imported.image = image;
    imported.kind = RevisionKind::Imported;
    imported.author = kBob;
    imported.origin = QStringLiteral("drawn");
    const RevisionId second =
        project.store->addRevision(imported, withRect(kSize, {0, 0, 20, 20})).value();
    QCOMPARE(
        project.statusOf(image).state, ReviewState::Accepted); // a stranger's map opens nothing
    project.decide(image, second, Verdict::Accepted, kBob);
    QVERIFY(project.statusOf(image).isContested);
    QVERIFY(!project.statusOf(image).reference.isValid());
    QCOMPARE(project.statusOf(image, kBob).reference, second);
    RevisionRecord settled;
    settled.image = image;
    settled.author = QStringLiteral("Carl");
    settled.parent = first;
    settled.origin = QStringLiteral("adjudicated");
    const RevisionId third =
        project.store->addRevision(settled, withRect(kSize, {0, 0, 25, 25})).value();
    project.decide(image, third, Verdict::Accepted, QStringLiteral("Carl"));
    QVERIFY(!project.statusOf(image).isContested);
    QCOMPARE(project.statusOf(image).reference, third);
}

void ReviewTest::readersWhoAcceptTheSamePredictionAgree()
{
    Project project(1);
    const ImageId image = project.images[0];
    QVERIFY(acceptRevision(*project.store, project.predictions[0], kAda).has_value());
    QVERIFY(acceptRevision(*project.store, project.predictions[0], kBob).has_value());
    QVERIFY(!project.statusOf(image).isContested);
    QCOMPARE(project.statusOf(image).state, ReviewState::Accepted);
}

void ReviewTest::redactionBlackensAndStripsEverything()
{
    Project project(2);
    ProjectStore& store = *project.store;
    QVERIFY(setProjectRedactions(store, {{0, 0, 0.5, 0.1}}).has_value());
    QVERIFY(setImageRedactions(store, project.images[1], {{0.9, 0.9, 0.5, 0.5}}).has_value());
    QCOMPARE(redactionsOf(store, project.images[0]).value().size(), 1U);
    const RedactionRegions both = redactionsOf(store, project.images[1]).value();
    QCOMPARE(both.size(), 2U);
    const auto rects = redactedRects(both, kSize);
    QCOMPARE(rects[0], (Rect{0, 0, 80, 12}));
    QCOMPARE(rects[1], (Rect{144, 108, 16, 12}));

    // A JPEG with EXIF, which holds a camera's name and would hold a patient's.
    const std::filesystem::path photo =
        std::filesystem::path(GUIDINO_SOURCE_DIR) / "tests/data/images/exif6.jpg";
    const std::string png = cleanedPng(photo, {{0, 0, 0.5, 0.5}}).value();
    QVERIFY(png.find("Exif") == std::string::npos && png.find("eXIf") == std::string::npos);
    const auto cleaned = imaging::toRgb8(imaging::decodeImage(png, "png").value());
    const Raster8 original = imaging::readRgb8(photo).value();
    QCOMPARE(cleaned.width(), original.width()); // turned as it is shown
    QCOMPARE(int(cleaned.at(0, 0, 1)), 0);
    const int x = original.width() - 1;
    const int y = original.height() - 1;
    QCOMPARE(cleaned.at(x, y, 1), original.at(x, y, 1));

    // Damaged regions are an error, not a picture without them.
    QVERIFY(store.setInfo(QStringLiteral("redaction"), QStringLiteral("[[0,0,")).has_value());
    QCOMPARE(redactionsOf(store, project.images[0]).error().code, ErrorCode::BadInput);
    QVERIFY(setProjectRedactions(store, {}).has_value());
    QVERIFY(redactionsOf(store, project.images[0]).value().empty());
}

void ReviewTest::aPackageIsBlindedAndComesBack()
{
    Project project(4);
    ProjectStore& store = *project.store;
    QVERIFY(setProjectRedactions(store, {{0, 0, 1, 0.05}}).has_value());
    const RevisionId mine =
        project.draw(project.images[0], withRect(kSize, {20, 20, 44, 40}), kAda);
    project.decide(project.images[0], mine, Verdict::Accepted, kAda);
    project.decide(project.images[1], project.predictions[1], Verdict::Rejected, kAda);
    QVERIFY(store.addNote({0, project.images[0], 5, 5, QStringLiteral("ask Hans"), kAda, {}, false})
                .has_value());

    const QString file = project.folder.filePath(QStringLiteral("bob.gdino"));
    ReaderPackage wanted;
    wanted.images = {project.images[0], project.images[1], project.images[2]};
    QCOMPARE(writeReaderPackage(project.path, file, wanted).error().code, ErrorCode::Usage);
    wanted.reader = kBob;
    const auto written = writeReaderPackage(project.path, file, wanted);
    QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());
    QCOMPARE(written->images, 3);

    // Bob's desk: three pseudonymous pictures, black at the top, and nothing of Ada's.
    const QString desk = project.folder.filePath(QStringLiteral("desk"));
    QVERIFY(importProject(file, desk).has_value());
    {
        auto opened = ProjectStore::open(desk);
        QVERIFY(opened.has_value());
        ProjectStore& bobs = **opened;
        const auto images = bobs.images().value();
        QCOMPARE(images.size(), 3U);
        for (const ImageRecord& image : images) {
            QVERIFY(image.name.startsWith(QStringLiteral("case-")));
            QVERIFY(image.group.isEmpty());
            QCOMPARE(bobs.revisions(image.id).value().size(), 1U);
            QCOMPARE(bobs.revisions(image.id).value()[0].kind, RevisionKind::Prediction);
            const Raster8 pixels =
                imaging::readRgb8(bobs.absolutePath(image).toStdString()).value();
            QCOMPARE(int(pixels.at(80, 3)), 0);
            QVERIFY(pixels.at(80, 8) > 0);
        }
        QVERIFY(bobs.allDecisions().value().empty());
        QVERIFY(bobs.notes(images[0].id).value().empty());
        QFile database(desk + QStringLiteral("/project.db"));
        QVERIFY(database.open(QIODevice::ReadOnly));
        const QByteArray bytes = database.readAll();
        for (const char* secret : {"Mueller", "patient 7", "Dr Who", "ask Hans", "Ada"}) {
            QVERIFY2(!bytes.contains(secret), secret);
        }
        // He corrects the first, accepts the second, and is unsure about the third.
        RevisionRecord drawn;
        drawn.image = images[0].id;
        drawn.author = kBob;
        drawn.origin = QStringLiteral("drawn");
        drawn.parent = bobs.revisions(images[0].id).value()[0].id;
        const RevisionId corrected =
            bobs.addRevision(drawn, withRect(kSize, {20, 20, 40, 50})).value();
        QVERIFY(acceptRevision(bobs, corrected, kBob, {}, 9).has_value());
        QVERIFY(acceptRevision(bobs, bobs.revisions(images[1].id).value()[0].id, kBob).has_value());
        DecisionRecord unsure;
        unsure.image = images[2].id;
        unsure.revision = bobs.revisions(images[2].id).value()[0].id;
        unsure.verdict = Verdict::Unsure;
        unsure.reader = kBob;
        unsure.reason = QStringLiteral("Blurred");
        QVERIFY(bobs.addDecision(unsure).has_value());
        QVERIFY(bobs.addNote({0, images[2].id, 7, 8, QStringLiteral("glare"), {}, {}, false})
                    .has_value());
        QVERIFY(bobs.setGuideCorrection(images[2].id, LabelMap({16, 12}), kBob).has_value());
    }
    const QString back = project.folder.filePath(QStringLiteral("back.gdino"));
    ExportOptions withoutImages;
    withoutImages.withImages = false;
    QVERIFY(exportProject(desk, back, withoutImages).has_value());

    const auto merged = mergeReaderPackage(store, back);
    QVERIFY2(merged.has_value(), merged ? "" : merged.error().message.c_str());
    QCOMPARE(merged->reader, kBob);
    QCOMPARE(merged->images, 3);
    QCOMPARE(merged->revisions, 2);
    QCOMPARE(merged->decisions, 3);
    QCOMPARE(merged->notes, 1);
    QCOMPARE(merged->guides, 1);
    QCOMPARE(merged->conflicts.size(), 2U);
    QCOMPARE(merged->conflicts[0].kind, MergeConflict::Kind::Labels);
    QCOMPARE(merged->conflicts[0].image, project.images[0]);
    QCOMPARE(merged->conflicts[0].other, kAda);
    // 20..64 × 20..60 against 20..60 × 20..70
    QVERIFY(std::abs(merged->conflicts[0].dsc.value() - 2.0 * 1600 / (1760 + 2000)) < 1e-9);
    QCOMPARE(merged->conflicts[1].kind, MergeConflict::Kind::Verdict);
    QCOMPARE(merged->conflicts[1].image, project.images[1]);
    QVERIFY(project.statusOf(project.images[0]).isContested);
    QCOMPARE(project.statusOf(project.images[0], kAda).reference, mine);
    QCOMPARE(project.statusOf(project.images[2]).decision->reason, QStringLiteral("Blurred"));
    const auto revisions = store.revisions(project.images[1]).value();
    QCOMPARE(revisions.back().kind, RevisionKind::Imported);
    QCOMPARE(revisions.back().author, kBob);
    QCOMPARE(revisions.back().origin, QStringLiteral("accepted"));
    QCOMPARE(revisions.back().parent, project.predictions[1]);
    QVERIFY(store.verifyAuditTrail().has_value());

    // Once more: nothing is new, and the conflicts are still said.
    const auto again = mergeReaderPackage(store, back).value();
    QCOMPARE(again.revisions + again.decisions + again.notes + again.guides, 0);
    QCOMPARE(again.conflicts.size(), 2U);
}

void ReviewTest::aPackageWithAChangedAuditTrailIsRefused()
{
    Project project(1);
    project.decide(project.images[0], project.predictions[0], Verdict::Rejected, kAda);
    project.store.reset();
    {
        QSqlDatabase database =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("vandal"));
        database.setDatabaseName(project.path + QStringLiteral("/project.db"));
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY(query.exec(QStringLiteral("DROP TRIGGER decision_is_kept")));
        QVERIFY(query.exec(QStringLiteral("UPDATE decision SET verdict = 1")));
        database.close();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("vandal"));
    const QString file = project.folder.filePath(QStringLiteral("changed.gdino"));
    QVERIFY(exportProject(project.path, file).has_value());
    Project other(1);
    QCOMPARE(mergeReaderPackage(*other.store, file).error().code, ErrorCode::CheckFailed);
    QVERIFY(other.store->allDecisions().value().empty());
}

QTEST_GUILESS_MAIN(ReviewTest)
#include "tst_review.moc"
