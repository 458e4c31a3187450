// SPDX-License-Identifier: Apache-2.0
// What a user may get wrong, with real files through the real program and runtime: a clear error,
// its exit code, no crash, and nothing half-done left behind.
#include "core/base/file.h"
#include "core/imaging/image_writer.h"
#include "tests/app/cli.h"
#include "tests/datasets/image_files.h"

#include <sys/mount.h>

#include <nlohmann/json.hpp>

#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

/// A folder of data sets and models, made once: what each of the table's rows needs.
class Workshop
{
public:
    Workshop()
    {
        const Raster8 mask = disc(64, 48, 14);
        for (const char* name :
             {"good",
              "truncated_png",
              "truncated_jpeg",
              "truncated_tiff",
              "text",
              "mask_size",
              "mask_values",
              "classes",
              "jpeg_as_png"}) {
            for (int i = 0; i < 4; ++i) {
                image(name, "case" + std::to_string(i) + ".png", scene(64, 48, unsigned(i)));
                savePng(maskOf(name, "case" + std::to_string(i)), mask);
            }
            savePng(maskOf(name, "odd"), mask);
        }
        const std::string data = GUIDINO_SOURCE_DIR "/tests/data/images/";
        copyPart(data + "rgb.png", at("truncated_png") / "images" / "odd.png", 0.6);
        copyPart(data + "rgb.jpg", at("truncated_jpeg") / "images" / "odd.jpg", 0.6);
        copyPart(data + "rgb_lzw.tif", at("truncated_tiff") / "images" / "odd.tif", 0.6);
        saveText(at("text") / "images" / "odd.png", "this is a text, whatever its name says\n");
        image("mask_size", "odd.png", scene(64, 48, 9));
        savePng(maskOf("mask_size", "odd"), disc(32, 32, 9));
        fs::remove(maskOf("good", "odd"));
        palettes("classes", 4, 3);
        palettes("mask_values", 2, 1);
        image("mask_values", "odd.png", scene(64, 48, 9));
        indexed(maskOf("mask_values", "odd"), 7);
        image("classes", "odd.png", scene(64, 48, 9));
        indexed(maskOf("classes", "odd"), 3);
        REQUIRE_OK(imaging::writeJpeg(at("jpeg_as_png") / "images" / "odd.jpg", scene(64, 48, 9)));
        fs::rename(
            at("jpeg_as_png") / "images" / "odd.jpg", at("jpeg_as_png") / "images" / "odd.png");
        fs::create_directories(at("empty") / "images");
        models();
    }

    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder / name; }

    [[nodiscard]] std::string text(const std::string& name) const { return at(name).string(); }

    [[nodiscard]] static std::string demo() { return GUIDINO_SOURCE_DIR "/models/demo"; }

    [[nodiscard]] Process::Environment environment() const
    {
        return {{"GUIDINO_HOME", text("home")}, {"GUIDINO_TOKEN_CACHE", "off"}};
    }

    [[nodiscard]] fs::path maskOf(const std::string& set, const std::string& stem) const
    {
        return at(set) / "masks" / (stem + ".png");
    }

private:
    void image(const std::string& set, const std::string& name, const Raster8& pixels) const
    {
        savePng(at(set) / "images" / name, pixels);
    }

    static void copyPart(const fs::path& from, const fs::path& to, double share)
    {
        const std::string bytes = textOf(from);
        REQUIRE(!bytes.empty());
        writeText(to, bytes.substr(0, std::size_t(share * double(bytes.size()))));
    }

    void indexed(const fs::path& file, std::uint8_t inside) const
    {
        REQUIRE_OK(imaging::writeIndexedPng(
            file, disc(64, 48, 14, inside), imaging::defaultPalette(inside + 1)));
    }

    void palettes(const std::string& set, int cases, int classes) const
    {
        for (int i = 0; i < 4; ++i) {
            indexed(
                maskOf(set, "case" + std::to_string(i)),
                static_cast<std::uint8_t>(1 + (i % cases) % classes));
        }
    }

    void models() const
    {
        const auto copy = [this](const std::string& name) {
            fs::copy(demo(), at(name), fs::copy_options::recursive);
            return at(name);
        };
        const fs::path truncated = copy("truncated_model") / "weights.safetensors";
        fs::resize_file(truncated, fs::file_size(truncated) / 2);
        const fs::path other = copy("other_model") / "config.json";
        std::string config = textOf(other);
        const std::string own = "\"base_channels\": 16";
        REQUIRE(contains(config, own));
        writeText(other, config.replace(config.find(own), own.size(), "\"base_channels\": 8"));
        writeText(copy("broken_config") / "config.json", "{\"kind\": ");
        fs::remove(copy("no_weights") / "weights.safetensors");
        writeText(at("no_zip.zip"), "PK\003\004 and then nothing");
        writeText(at("no_checkpoint.pth"), "not a checkpoint");
        writeText(at("bad_config.json"), "{\"system\": \"unet\", \"netwrok\": {}}");
        writeText(at("bad_recipe.json"), "{\"training\": {\"epochs\": \"many\"}}");
        writeText(at("bad_splits.json"), "{\"lists\": 3}");
    }

    TemporaryFolder m_folder;
};

const Workshop& workshop()
{
    static const Workshop shop;
    return shop;
}

struct Row
{
    Words arguments;
    int exitCode;
    Words says; ///< each of them on stderr
};

/// Root reads and writes everything: without these capabilities permissions count for it too.
Words withPermissions(Words words)
{
    if (::geteuid() == 0) {
        const Words plain{
            "/usr/bin/setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search,-fowner",
            "--inh-caps",
            "-all"};
        words.insert(words.begin(), plain.begin(), plain.end());
    }
    return words;
}

void expect(const Row& row, const Outcome& outcome)
{
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    std::string problem;
    if (outcome.exitCode != row.exitCode) {
        problem = "exit " + std::to_string(outcome.exitCode) + ", expected "
                  + std::to_string(row.exitCode);
    }
    for (const std::string& word : row.says) {
        if (!contains(outcome.err, word)) {
            problem += " does not say '" + word + "'";
        }
    }
    for (const char* word : {"what()", "terminate called", "c10::", "Exception", "nlohmann"}) {
        if (contains(outcome.err, word)) {
            problem += std::string(" says '") + word + "'";
        }
    }
    if (!problem.empty()) {
        std::string words;
        for (const std::string& argument : row.arguments) {
            words += " " + argument;
        }
        fail(__FILE__, __LINE__, "guidino" + words + ": " + problem + "\n" + outcome.err);
    }
}

/// Each row is a process of its own, some of them at once.
void expectRows(const std::vector<Row>& rows)
{
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < rows.size(); i = next++) {
            expect(rows[i], cli(rows[i].arguments, workshop().environment()));
        }
    };
    std::thread second(work);
    work();
    second.join();
}

Words train(const std::string& data, const Words& more = {}, const std::string& out = "run")
{
    static std::atomic<int> count{0};
    Words words{
        "train",
        "--config",
        "unet",
        "--data",
        workshop().text(data),
        "--out",
        workshop().text(out + std::to_string(++count)),
        "--threads",
        "1",
        "--set",
        "training.epochs=1",
        "network.base_channels=4",
        "data.image_size=32"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

Words predict(const std::string& command, const std::string& input, const std::string& model)
{
    static std::atomic<int> count{0};
    return {
        command,
        "--model",
        model,
        "--input",
        workshop().text(input),
        "--out",
        workshop().text(command + std::to_string(++count)),
        "--threads",
        "1"};
}

Words pack(const std::string& data)
{
    return {
        "data",
        "pack",
        workshop().text(data),
        "--size",
        "32",
        "--out",
        workshop().text(data + ".pack")};
}

} // namespace

GD_TEST(damagedImagesAreNamed)
{
    const std::string demo = Workshop::demo();
    std::vector<Row> rows;
    for (const auto& [set, what] : std::vector<std::pair<std::string, std::string>>{
             {"truncated_png", "odd.png: truncated PNG"},
             {"truncated_jpeg", "odd.jpg: truncated JPEG"},
             {"truncated_tiff", "odd.tif: truncated TIFF"},
             {"text", "odd.png: not an image"}}) {
        rows.push_back({train(set), 3, {"Nothing was trained", what}});
        rows.push_back({predict("predict", set, demo), 3, {"1 of 5 images", what}});
        rows.push_back({pack(set), 3, {"nothing was written", what}});
    }
    rows.push_back({predict("explain", "text", demo), 3, {"1 of 5 images", "odd.png: not an"}});
    const std::string single = (workshop().at("text") / "images" / "odd.png").string();
    Words one = predict("predict", "text", demo);
    one[4] = single;
    rows.push_back({one, 3, {"1 of 1 images", "not an image"}});
    expectRows(rows);
    for (const auto& [set, kind] : std::vector<std::pair<std::string, std::string>>{
             {"truncated_png", "truncated"}, {"text", "not an image"}, {"mask_size", "pixels"}}) {
        const Outcome outcome =
            cli({"data", "inspect", workshop().text(set), "--json"}, workshop().environment());
        EXPECT_EQ(outcome.exitCode, 0); // a bad file never stops the rest
        const auto report = nlohmann::json::parse(outcome.out);
        EXPECT_EQ(report.at("pairs").get<int>(), 5);
        bool isNamed = false;
        for (const auto& problem : report.at("problems")) {
            isNamed |= contains(problem.at("file").get<std::string>(), "odd")
                       && contains(problem.at("message").get<std::string>(), kind)
                       && problem.at("kind").is_string();
        }
        EXPECT(isNamed);
    }
}

GD_TEST(predictFinishesTheRest)
{
    Words words = predict("predict", "truncated_png", Workshop::demo());
    const fs::path out = words[6];
    EXPECT_EQ(cli(words, workshop().environment()).exitCode, 3);
    for (int i = 0; i < 4; ++i) {
        EXPECT(fs::exists(out / "masks" / ("case" + std::to_string(i) + ".png")));
    }
    const auto summary = nlohmann::json::parse(textOf(out / "predictions.json"));
    EXPECT_EQ(summary.at("images").size(), 4U);
    REQUIRE(summary.at("failures").size() == 1U);
    EXPECT(contains(summary.at("failures")[0].at("file").get<std::string>(), "odd.png"));
    EXPECT(contains(summary.at("failures")[0].at("message").get<std::string>(), "truncated"));
}

GD_TEST(aRefusedTrainingLeavesNoRun)
{
    Words words = train("text");
    const fs::path out = words[6];
    EXPECT_EQ(cli(words, workshop().environment()).exitCode, 3);
    EXPECT(!fs::exists(out));
}

GD_TEST(masksThatDoNotFitAreNamed)
{
    const std::string good = workshop().text("good");
    expectRows(
        {{train("mask_size"), 3, {"masks/odd.png: the mask is 32 x 32", "64 x 48"}},
         {pack("mask_size"), 3, {"masks/odd.png: the mask is 32 x 32"}},
         {train("mask_values"), 3, {"classes"}},
         {train("mask_values", {"network.num_classes=2"}), 3, {"odd.png"}},
         {train("classes"), 3, {"classes", "network.num_classes="}},
         {train("classes", {"network.num_classes=3"}), 3, {"mask"}},
         {{"data",
           "pack",
           workshop().text("mask_values"),
           "--classes",
           "2",
           "--size",
           "32",
           "--out",
           workshop().text("x.pack")},
          3,
          {"odd.png"}},
         {{"evaluate",
           "--pred",
           (workshop().at("mask_size") / "masks").string(),
           "--ref",
           (workshop().at("text") / "masks").string(),
           "--out",
           workshop().text("e1")},
          3,
          {"odd", "32 x 32", "64 x 48"}}});
}

GD_TEST(emptyAndMissingDataIsSaid)
{
    const std::string demo = Workshop::demo();
    expectRows(
        {{train("empty"), 3, {"no images found"}},
         {predict("predict", "empty", demo), 3, {"no images found"}},
         {predict("explain", "empty", demo), 3, {"no images found"}},
         {{"data", "inspect", workshop().text("empty")}, 3, {"no images found"}},
         {{"data", "split", workshop().text("empty"), "--out", workshop().text("s.json")},
          3,
          {"no images found"}},
         {pack("empty"), 3, {"no images found"}},
         {{"evaluate",
           "--pred",
           workshop().text("empty"),
           "--ref",
           workshop().text("good"),
           "--out",
           workshop().text("e2")},
          3,
          {"empty"}},
         {train("missing"), 3, {"--data", "missing"}},
         {predict("predict", "missing", demo), 3, {"--input", "missing"}},
         {predict("explain", "missing", demo), 3, {"--input", "missing"}},
         {{"data", "inspect", workshop().text("missing")}, 3, {"missing"}},
         {{"data", "split", workshop().text("missing"), "--out", workshop().text("s.json")},
          3,
          {"missing"}},
         {pack("missing"), 3, {"missing"}},
         {{"models", "add", workshop().text("missing")}, 3, {"missing"}},
         {{"models", "import", workshop().text("missing"), "--as", "unet"}, 3, {"missing"}},
         {{"models", "show", workshop().text("missing")}, 3, {"missing"}}});
}

GD_TEST(modelsThatDoNotFitAreListed)
{
    const auto bundle = [](const char* name) { return workshop().text(name); };
    const std::string weights = Workshop::demo() + "/weights.safetensors";
    const fs::path golden = goldenFolder();
    std::vector<Row> rows{
        {predict("predict", "good", bundle("truncated_model")),
         3,
         {"weights.safetensors", "damaged"}},
        {predict("predict", "good", bundle("other_model")), 3, {"network.", "instead of"}},
        {predict("predict", "good", bundle("broken_config")), 3, {"config.json", "JSON"}},
        {predict("predict", "good", bundle("no_weights")), 3, {"no weights.safetensors"}},
        {predict("predict", "good", bundle("no_zip.zip")), 3, {"no_zip.zip", "damaged"}},
        {predict("explain", "good", bundle("truncated_model")), 3, {"damaged"}},
        {train("good", {"--init", bundle("truncated_model")}), 3, {"damaged"}},
        {train("good", {"--init", Workshop::demo()}), 3, {"network.", "unexpected"}},
        {{"models", "add", bundle("truncated_model")}, 3, {"damaged"}},
        {{"models", "add", bundle("no_checkpoint.pth"), "--accept-licence"}, 3, {"no_checkpoint"}},
        {{"models", "show", bundle("no_checkpoint.pth")}, 3, {"no_checkpoint"}},
        {{"models", "show", bundle("truncated_model")}, 3, {"damaged"}},
        {{"models", "import", weights, "--as", "nnwnet", "--out", bundle("i1")},
         3,
         {"guidino-u", "not of nnwnet"}},
        {{"models", "import", bundle("no_checkpoint.pth"), "--as", "unet", "--out", bundle("i2")},
         3,
         {"no_checkpoint"}}};
    if (!golden.empty() && fs::exists(golden / "checkpoints")) {
        const std::string folder = (golden / "checkpoints").string();
        rows.push_back({{"models", "show", folder + "/truncated.safetensors"}, 3, {"truncated"}});
        rows.push_back({{"models", "show", folder + "/hostile_reduce.pth"}, 3, {"hostile_reduce"}});
    }
    expectRows(rows);
}

GD_TEST(wrongSettingsAreTwo)
{
    const auto config = [](const char* option, const std::string& value) {
        Words words = train("good");
        words[1] = option;
        words[2] = value;
        return words;
    };
    expectRows(
        {{train("good", {"--batch", "3"}), 2, {"--batch"}},
         {train("good", {"trainig.epochs=3"}), 2, {"trainig", "training"}},
         {train("good", {"training.optimizer=lion"}), 2, {"lion", "adamw"}},
         {train("good", {"training.epochs=-1"}), 2, {"training.epochs"}},
         {train("good", {"training.epochs=many"}), 2, {"training.epochs"}},
         {config("--config", workshop().text("bad_config.json")), 2, {"netwrok", "network"}},
         {train("good", {"--recipe", workshop().text("bad_recipe.json")}), 2, {"training.epochs"}},
         {config("--config", "unot"), 2, {"unot", "unet"}},
         {train("good", {"--layout", "isicc"}), 2, {"isicc"}},
         {train("good", {"--splits", workshop().text("bad_splits.json")}), 2, {"bad_splits.json"}},
         {predict("predict", "good", "nobody"), 3, {"nobody"}}});
}

GD_TEST(aJpegNamedPngIsReadWithAWarning)
{
    const std::string warning = "odd.png: JPEG data in a file named .png";
    expectRows(
        {{train("jpeg_as_png"), 0, {warning}},
         {predict("predict", "jpeg_as_png", Workshop::demo()), 0, {warning}},
         {pack("jpeg_as_png"), 0, {warning}}});
    const Outcome outcome = cli(
        {"data", "inspect", workshop().text("jpeg_as_png"), "--json"}, workshop().environment());
    EXPECT_EQ(outcome.exitCode, 0);
    EXPECT(contains(outcome.out, "JPEG data in a file named .png"));
}

GD_TEST(foldersWithoutPermission)
{
    const fs::path closed = workshop().at("closed");
    fs::create_directories(closed);
    fs::permissions(closed, fs::perms::none);
    const fs::path locked = workshop().at("locked");
    fs::create_directories(locked);
    fs::permissions(locked, fs::perms::owner_read | fs::perms::owner_exec);
    const auto run = [](const Row& row) {
        const Words words = withPermissions(cliWords(row.arguments));
        expect(row, runProgram(words, workshop().environment()));
    };
    const std::string demo = Workshop::demo();
    run({train("closed"), 3, {"closed"}});
    run({predict("predict", "closed", demo), 3, {"closed"}});
    run({{"data", "inspect", closed.string()}, 3, {"closed"}});
    run({train("good", {}, "locked/run"), 6, {"locked"}});
    Words words = predict("predict", "good", demo);
    words[6] = (locked / "out").string();
    run({words, 6, {"locked"}});
    words = predict("explain", "good", demo);
    words[6] = (locked / "out").string();
    run({words, 6, {"locked"}});
    words = pack("good");
    words.back() = (locked / "x.pack").string();
    run({words, 6, {"locked"}});
    run(
        {{"data", "split", workshop().text("good"), "--out", (locked / "s.json").string()},
         6,
         {"locked"}});
    run({{"models", "export", demo, "--out", (locked / "x.zip").string()}, 6, {"locked"}});
    run(
        {{"evaluate",
          "--pred",
          (workshop().at("good") / "masks").string(),
          "--ref",
          workshop().text("good"),
          "--out",
          (locked / "e").string()},
         6,
         {"locked"}});
    fs::permissions(closed, fs::perms::owner_all);
    fs::permissions(locked, fs::perms::owner_all);
}

/// A limit of file sizes fails writes as a full disk does, for every user.
GD_TEST(writesThatFailAreSix)
{
    const auto limited = [](const Words& words, int bytes) {
        Words all = cliWords(words);
        all.insert(all.begin(), {"/usr/bin/prlimit", "--fsize=" + std::to_string(bytes)});
        expect({words, 6, {"annot "}}, runProgram(all, workshop().environment()));
    };
    const std::string demo = Workshop::demo();
    limited(train("good"), 16384);
    limited(predict("predict", "good", demo), 1500);
    limited(predict("explain", "good", demo), 1500);
    limited(pack("good"), 8192);
    limited({"models", "export", demo, "--out", workshop().text("limited.zip")}, 16384);
    limited({"models", "add", demo, "--name", "limited"}, 16384);
}

GD_TEST(aFullDiskIsSix)
{
    const fs::path small = workshop().at("small");
    fs::create_directories(small);
    if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=96k") != 0) {
        throw Skip{"needs the right to mount"};
    }
    Words words = predict("predict", "good", Workshop::demo());
    words[6] = (small / "out").string();
    const Outcome predicted = cli(words, workshop().environment());
    words = train("good", {}, "small/run");
    const Outcome trained = cli(words, workshop().environment());
    ::umount2(small.c_str(), MNT_DETACH);
    expect({{"train on a full disk"}, 6, {"No space left"}}, trained);
    expect({{"predict on a full disk"}, 6, {"No space left"}}, predicted);
}

/// The step is finished, a checkpoint is written, and --resume goes on from it.
GD_TEST(signalsOfARealTrainingSaveIt)
{
    for (const int signal : {SIGINT, SIGTERM}) {
        Words words = train("good", {"training.epochs=100000", "training.validate_every=1000"});
        const fs::path out = words[6];
        Process process(cliWords(words), workshop().environment());
        for (int i = 0; i < 6000 && !fs::exists(out / "run.json"); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        for (int i = 0; i < 6000; ++i) {
            if (contains(textOf(out / "messages.jsonl"), "\"phase\":\"train\"")) {
                break;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ::kill(process.pid(), signal);
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.exitCode, 5);
        EXPECT(contains(outcome.err, "--resume"));
        EXPECT(
            fs::exists(out / "checkpoint-a" / "state.json")
            || fs::exists(out / "checkpoint-b" / "state.json"));
    }
}

GD_TEST_MAIN()
