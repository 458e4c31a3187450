// SPDX-License-Identifier: Apache-2.0
// What a fine-tuning would be: splits by group, what models allow, the job, and the frozen data.
#include "core/base/file.h"
#include "core/datasets/splits.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "ui/model/finetune_plan.h"
#include "ui/model/trainable_model.h"
#include "ui/model/training_folder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <set>

using namespace guidino;
using namespace guidino::ui;

namespace {

std::vector<FineTuneCase> labelledCases(int count)
{
    std::vector<FineTuneCase> cases;
    for (int i = 1; i <= count; ++i) {
        FineTuneCase one;
        one.image = ImageId{i};
        one.isLabelled = true;
        cases.push_back(one);
    }
    return cases;
}

bool contains(const std::vector<ImageId>& list, std::int64_t id)
{
    return std::find(list.begin(), list.end(), ImageId{id}) != list.end();
}

/// Which list an image is in: t, v, l, b (barred), a (alike a locked one), '-' none.
char partOf(const FineTuneSplit& split, std::int64_t id)
{
    return contains(split.train, id)         ? 't'
           : contains(split.validation, id)  ? 'v'
           : contains(split.locked, id)      ? 'l'
           : contains(split.barred, id)      ? 'b'
           : contains(split.alikeLocked, id) ? 'a'
                                             : '-';
}

bool has(const std::vector<std::string>& settings, const std::string& setting)
{
    return std::find(settings.begin(), settings.end(), setting) != settings.end();
}

void write(const QString& file, const char* text)
{
    QVERIFY(makeFolder(std::filesystem::path(file.toStdString()).parent_path()));
    QVERIFY(writeFileAtomically(file.toStdString(), text));
}

} // namespace

class TestFineTunePlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sharesAreMet();
    void fewImagesGetNoLockedSet();
    void groupsStayTogether();
    void alikeImagesStayTogether();
    void whatTheProjectSaysStays();
    void newImagesKeepTheShares();
    void sceneOfALockedCaseDoesNotTrain();
    void barredImagesTakeNoPart();
    void dataSetsWithoutValidationGiveSome();
    void oneGroupCannotBeSplit();
    void modelsSayWhatTheyAllow();
    void bundlesAreListedOnce();
    void theJobSaysWhatWasChosen();
    void moreEffortIsMoreSteps();
    void aTrainingFolderIsFrozen();
};

void TestFineTunePlan::sharesAreMet()
{
    const auto cases = labelledCases(60);
    const FineTuneSplit split = proposeSplit(cases, {});
    QCOMPARE(split.locked.size(), std::size_t{9});
    QCOMPARE(split.validation.size(), std::size_t{10});
    QCOMPARE(split.train.size(), std::size_t{41});
    QCOMPARE(split.proposed.size(), std::size_t{60});
    QVERIFY(reasonAgainst(split).isEmpty());
    // The same cases give the same split; another seed gives another.
    QVERIFY(proposeSplit(cases, {}).locked == split.locked);
    QVERIFY(proposeSplit(cases, {}, {}, 7).locked != split.locked);
}

void TestFineTunePlan::fewImagesGetNoLockedSet()
{
    const FineTuneSplit nine = proposeSplit(labelledCases(9), {});
    QVERIFY(nine.locked.empty());
    QCOMPARE(nine.validation.size(), std::size_t{2});
    const FineTuneSplit three = proposeSplit(labelledCases(3), {});
    QCOMPARE(three.validation.size(), std::size_t{1});
    QCOMPARE(three.train.size(), std::size_t{2});
    QVERIFY(reasonAgainst(three).isEmpty());
    QVERIFY(!reasonAgainst(proposeSplit(labelledCases(2), {})).isEmpty());
    QVERIFY(!reasonAgainst(proposeSplit({}, {})).isEmpty());
    QCOMPARE(proposeSplit(labelledCases(10), {}).locked.size(), std::size_t{2});
}

void TestFineTunePlan::groupsStayTogether()
{
    auto cases = labelledCases(60);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        cases[i].group = QStringLiteral("patient %1").arg(i / 5);
    }
    // Not labelled, but of a patient that is: what it becomes is decided with the others.
    FineTuneCase unlabelled;
    unlabelled.image = ImageId{61};
    unlabelled.group = QStringLiteral("patient 0");
    cases.push_back(unlabelled);
    const FineTuneSplit split = proposeSplit(cases, {});
    for (int patient = 0; patient < 12; ++patient) {
        std::set<char> parts;
        for (int i = 1; i <= 5; ++i) {
            parts.insert(partOf(split, 5 * patient + i));
        }
        QCOMPARE(parts.size(), std::size_t{1});
    }
    QCOMPARE(split.locked.size() % 5, std::size_t{0});
    QVERIFY(!split.locked.empty() && !split.validation.empty());
    QCOMPARE(split.proposed.at(ImageId{61}), split.proposed.at(ImageId{1}));
}

void TestFineTunePlan::alikeImagesStayTogether()
{
    std::vector<AlikePair> alike;
    for (int i = 1; i < 40; i += 2) {
        alike.emplace_back(ImageId{i}, ImageId{i + 1});
    }
    const FineTuneSplit split = proposeSplit(labelledCases(40), alike);
    for (int i = 1; i < 40; i += 2) {
        QCOMPARE(partOf(split, i), partOf(split, i + 1));
    }
}

void TestFineTunePlan::whatTheProjectSaysStays()
{
    auto cases = labelledCases(30);
    cases[0].split = QStringLiteral("locked");
    cases[1].split = QStringLiteral("test");
    cases[2].split = QStringLiteral("validation");
    cases[3].split = QStringLiteral("train");
    const FineTuneSplit split = proposeSplit(cases, {});
    QCOMPARE(partOf(split, 1), 'l');
    QCOMPARE(partOf(split, 2), 'l');
    QCOMPARE(partOf(split, 3), 'v');
    QCOMPARE(partOf(split, 4), 't');
    for (int i = 1; i <= 4; ++i) {
        QVERIFY(!split.proposed.contains(ImageId{i}));
    }
}

void TestFineTunePlan::newImagesKeepTheShares()
{
    auto cases = labelledCases(40);
    const FineTuneSplit first = proposeSplit(cases, {});
    for (FineTuneCase& one : cases) {
        one.split = first.proposed.at(one.image);
    }
    auto more = labelledCases(80);
    std::copy(cases.begin(), cases.end(), more.begin());
    const FineTuneSplit second = proposeSplit(more, {});
    for (const ImageId image : first.locked) {
        QVERIFY(contains(second.locked, image.value));
    }
    QCOMPARE(second.locked.size(), std::size_t{12});
    QVERIFY(second.proposed.size() == 40);
}

void TestFineTunePlan::sceneOfALockedCaseDoesNotTrain()
{
    auto cases = labelledCases(20);
    for (FineTuneCase& one : cases) {
        one.split = QStringLiteral("train");
    }
    cases[0].split = QStringLiteral("locked");
    cases[1].split = QStringLiteral("validation");
    const FineTuneSplit split = proposeSplit(cases, {{ImageId{1}, ImageId{5}}});
    QCOMPARE(partOf(split, 1), 'l');
    QCOMPARE(partOf(split, 5), 'a');
    QCOMPARE(partOf(split, 6), 't');
    // One that has no split yet becomes locked itself.
    cases[4].split.clear();
    QCOMPARE(partOf(proposeSplit(cases, {{ImageId{1}, ImageId{5}}}), 5), 'l');
}

void TestFineTunePlan::barredImagesTakeNoPart()
{
    auto cases = labelledCases(12);
    cases[3].isBarred = true;
    cases[4].isLabelled = false;
    const FineTuneSplit split = proposeSplit(cases, {});
    QCOMPARE(partOf(split, 4), 'b');
    QCOMPARE(partOf(split, 5), '-');
    QCOMPARE(split.train.size() + split.validation.size() + split.locked.size(), std::size_t{10});
}

void TestFineTunePlan::dataSetsWithoutValidationGiveSome()
{
    auto cases = labelledCases(20);
    for (FineTuneCase& one : cases) {
        one.split = QStringLiteral("train");
    }
    const FineTuneSplit split = proposeSplit(cases, {});
    QVERIFY(!split.validation.empty());
    QCOMPARE(split.proposed.size(), split.validation.size());
    QCOMPARE(split.train.size() + split.validation.size(), std::size_t{20});
}

void TestFineTunePlan::oneGroupCannotBeSplit()
{
    auto cases = labelledCases(8);
    for (FineTuneCase& one : cases) {
        one.group = QStringLiteral("the only patient");
    }
    const FineTuneSplit split = proposeSplit(cases, {});
    QVERIFY(!split.isPossible());
    QVERIFY(reasonAgainst(split).contains(QStringLiteral("group")));
}

void TestFineTunePlan::modelsSayWhatTheyAllow()
{
    TrainableModel self; // as the demo model
    self.hasGuide = true;
    QVERIFY(reasonAgainst(self, UpdateScope::TokenBook).isEmpty());
    QVERIFY(reasonAgainst(self, UpdateScope::Network).isEmpty());
    QVERIFY(reasonAgainst(self, UpdateScope::Lora).contains(QStringLiteral("ViT")));
    QVERIFY(!reasonAgainst(self, UpdateScope::Everything).isEmpty());
    QCOMPARE(defaultScope(self), UpdateScope::Network);

    TrainableModel plain; // no guide, no ViT
    QVERIFY(!reasonAgainst(plain, UpdateScope::TokenBook).isEmpty());

    TrainableModel withVit = self;
    withVit.hasVit = true;
    for (const UpdateScope scope : kUpdateScopes) {
        QVERIFY(reasonAgainst(withVit, scope).isEmpty());
    }
    withVit.hasLora = true;
    QVERIFY(!reasonAgainst(withVit, UpdateScope::Network).isEmpty());
    QVERIFY(!reasonAgainst(withVit, UpdateScope::Everything).isEmpty());
    QCOMPARE(defaultScope(withVit), UpdateScope::Lora);

    TrainableModel scratch = withVit;
    scratch.isFromScratch = true;
    QVERIFY(!reasonAgainst(scratch, UpdateScope::TokenBook).isEmpty());
    QVERIFY(!reasonAgainst(scratch, UpdateScope::Decoder).isEmpty());
}

void TestFineTunePlan::bundlesAreListedOnce()
{
    const QTemporaryDir folder;
    const auto bundle = [](const char* sha) {
        return QByteArray(R"({"kind":"guidino-bundle","config":{"system":"guidino-u",)")
               + R"("guide":{"source":"self"},"data":{"image_size":128,"augmentation":)"
               + R"({"preset":"guidino"}}},"weights":{"sha256":")" + sha
               + R"("},"guide_backbone":null})";
    };
    write(folder.filePath(QStringLiteral("demo/config.json")), bundle("a"));
    write(folder.filePath(QStringLiteral("runs/one/best/config.json")), bundle("b"));
    write(folder.filePath(QStringLiteral("runs/two/best/config.json")), bundle("a"));
    write(
        folder.filePath(QStringLiteral("store/mine/model.json")),
        R"({"kind":"backbone","architecture":"vits16","weights":"w.safetensors"})");
    write(
        folder.filePath(QStringLiteral("configs/unet.fixed.json")),
        R"({"system":"unet","guide":{"source":"none"}})");
    write(
        folder.filePath(QStringLiteral("configs/seg-guidino.fixed.json")),
        R"({"system":"seg-guidino","guide":{"source":"dinov3","backbone":"vits16"}})");
    write(
        folder.filePath(QStringLiteral("configs/meddinov3.fixed.json")),
        R"({"system":"meddinov3","guide":{"source":"none","backbone":"vitb16"}})");
    write(
        folder.filePath(QStringLiteral("configs/guidino-u.fixed.json")),
        R"({"system":"guidino-u","guide":{"source":"dinov3","backbone":"vitl16"}})");
    ModelPlaces places;
    places.current = places.demo = folder.filePath(QStringLiteral("demo"));
    places.store = folder.filePath(QStringLiteral("store")).toStdString();
    places.kept = {
        {folder.filePath(QStringLiteral("runs/one/best")), QStringLiteral("Model 1")},
        {folder.filePath(QStringLiteral("runs/two/best")), QStringLiteral("the demo model")},
        {folder.filePath(QStringLiteral("gone")), QStringLiteral("gone")}};
    places.configs = folder.filePath(QStringLiteral("configs")).toStdString();
    const auto models = listTrainableModels(places);
    QCOMPARE(models.size(), std::size_t{7}); // demo, run one, starter, four configurations
    QCOMPARE(models[0].id, places.demo);
    QVERIFY(!models[0].isFromScratch && models[0].hasGuide && !models[0].hasVit);
    QCOMPARE(models[0].imageSize, 128);
    QCOMPARE(models[1].sha256, QStringLiteral("b"));
    QCOMPARE(models[1].title, QStringLiteral("Model 1"));
    QVERIFY(models[2].isFromScratch && models[2].problem.isEmpty());
    const auto named = [&models](const char* id) {
        return *std::find_if(models.begin() + 3, models.end(), [id](const auto& one) {
            return one.id == QLatin1String(id);
        });
    };
    QVERIFY(named("seg-guidino.fixed").problem.isEmpty()); // its ViT is registered
    QVERIFY(named("seg-guidino.fixed").hasVit);
    QVERIFY(named("meddinov3.fixed").lacksVit);
    QVERIFY(named("meddinov3.fixed").problem.contains(QStringLiteral("vitb16")));
    QVERIFY(named("guidino-u.fixed").problem.isEmpty()); // guides itself
    QVERIFY(named("guidino-u.fixed").settings.contains(QStringLiteral("guide.source=self")));
    QVERIFY(!named("unet.fixed").hasGuide);
}

void TestFineTunePlan::theJobSaysWhatWasChosen()
{
    FineTuneOptions options;
    options.model.id = QStringLiteral("/models/demo");
    options.model.hasGuide = true;
    options.scope = UpdateScope::Decoder;
    options.epochs = 7;
    options.augmentation = QStringLiteral("nnunet");
    options.guideWeight = 4;
    options.threads = 1;
    protocol::TrainSpec spec = specOf(options, "/run/data", 20, true);
    QCOMPARE(spec.init.string(), std::string("/models/demo"));
    QVERIFY(spec.config.empty());
    QCOMPARE(spec.threads, 1);
    QCOMPARE(spec.splits.string(), std::string("/run/data/splits.json"));
    QCOMPARE(spec.guideCorrections.string(), std::string("/run/data/guides"));
    QCOMPARE(spec.guideCorrectionWeight.value_or(0), 4.0);
    QVERIFY(has(spec.settings, "training.update=decoder"));
    QVERIFY(has(spec.settings, "training.epochs=7"));
    QVERIFY(has(spec.settings, "data.augmentation.preset=nnunet"));
    options.usesGuides = false;
    QVERIFY(specOf(options, "/run/data", 20, true).guideCorrections.empty());
    options.usesGuides = true;
    QVERIFY(specOf(options, "/run/data", 20, false).guideCorrections.empty());
    options.scope = UpdateScope::Lora;
    QVERIFY(has(specOf(options, "/run/data", 20, false).settings, "lora.enabled=true"));
    options.scope = UpdateScope::Everything;
    QVERIFY(has(specOf(options, "/run/data", 20, false).settings, "guide.train_backbone=true"));
    // From scratch: the configuration's own recipe, and as many classes as there are.
    options.model.isFromScratch = true;
    options.model.id = QStringLiteral("guidino-u");
    options.model.settings = QStringList{QStringLiteral("guide.source=self")};
    options.scope = UpdateScope::Network;
    options.classes = 2;
    spec = specOf(options, "/run/data", 20, false);
    QCOMPARE(spec.config, std::string("guidino-u"));
    QVERIFY(spec.init.empty() && spec.recipe.empty());
    QVERIFY(has(spec.settings, "guide.source=self"));
    QVERIFY(has(spec.settings, "network.num_classes=3"));
}

void TestFineTunePlan::moreEffortIsMoreSteps()
{
    FineTuneOptions options;
    for (const int images : {2, 10, 40, 400, 4000}) {
        QVERIFY(
            stepsOf(options, Effort::Quick, images) < stepsOf(options, Effort::Balanced, images));
        QVERIFY(
            stepsOf(options, Effort::Balanced, images)
            < stepsOf(options, Effort::Thorough, images));
    }
    // More labels are seen as often as fewer ones, until that takes too long.
    QVERIFY(epochsOf(options, Effort::Balanced, 64) >= 40);
    QVERIFY(epochsOf(options, Effort::Thorough, 64) >= 75);
    QVERIFY(stepsOf(options, Effort::Balanced, 400) <= 2000);
    QCOMPARE(epochsOf(options, Effort::Balanced, 27), 58); // as docs/results.md has it
    options.epochs = 3;
    options.effort = Effort::Quick;
    QCOMPARE(epochsOf(options, Effort::Quick, 40), 3);
    QVERIFY(epochsOf(options, Effort::Balanced, 40) > 3);
}

void TestFineTunePlan::aTrainingFolderIsFrozen()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    Raster8 picture(20, 10, 3);
    QVERIFY(imaging::writePng(root / "a.png", picture));
    QVERIFY(imaging::writePng(root / "b.png", picture));
    Raster8 mask(20, 10);
    mask.at(3, 4) = 255;
    QVERIFY(imaging::writePng(root / "a_mask.png", mask));
    QVERIFY(imaging::writePng(root / "b_mask.png", mask));
    std::vector<FrozenCase> cases(2);
    for (std::size_t i = 0; i < 2; ++i) {
        cases[i].image = ImageId{static_cast<std::int64_t>(i) + 1};
        cases[i].stem = i == 0 ? "a" : "b";
        cases[i].file = root / (cases[i].stem + ".png");
        cases[i].source.mask = root / (cases[i].stem + "_mask.png");
        cases[i].isValidation = i == 1;
    }
    Raster8 codes(5, 4);
    codes.at(2, 2) = 255;
    cases[0].guide = LabelMap::fromRaster(codes);
    const auto data = root / "run" / "data";
    const Status written = writeTrainingFolder(data, cases, binaryClasses());
    QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());
    const auto lists = datasets::readSplits(data / "splits.json");
    QVERIFY(lists.has_value());
    QCOMPARE(lists->find("train")->size(), std::size_t{1});
    QCOMPARE(lists->find("val")->front().name, std::string("images/b.png"));
    const auto kept = readLabelFile(data / "masks" / "a.png", {20, 10});
    QVERIFY(kept.has_value());
    QCOMPARE(int{kept->at(3, 4)}, 1);
    const auto guide = imaging::readGrey8(data / "guides" / "a.png");
    QVERIFY(guide.has_value());
    QCOMPARE(int{guide->at(2, 2)}, 255);
    QVERIFY(!std::filesystem::exists(data / "guides" / "b.png"));
    QVERIFY(std::filesystem::exists(data / "frozen.json"));
    // What cannot be read is named.
    cases[0].file = root / "gone.png";
    const Status failed = writeTrainingFolder(root / "other", cases, binaryClasses());
    QVERIFY(!failed && failed.error().message.find("gone.png") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestFineTunePlan)
#include "tst_finetune_plan.moc"
