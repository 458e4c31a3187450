// SPDX-License-Identifier: Apache-2.0
// Plug-ins through the real program and runtime: plugins/example_network as our build makes it, and
// tests/support/odd_plugin.cpp, which does what it should not.
#include "core/protocol/codec.h"
#include "tests/app/cli.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

namespace {

const std::string kExample = GUIDINO_BINARY_DIR "/plugins/libexample_network.so";
const std::string kOdd = GUIDINO_BINARY_DIR "/tests/libodd_plugin.so";

/// What `--set` says to use all of the example but its network.
const Words kAll = {
    "guide.source=example-edges",
    "guide.gate_form=example-soft",
    "guide.gates=[\"bottleneck\",\"skip2\"]",
    "loss.terms.example-tversky=0.5",
    "data.augmentation.operations.example-shadow=0.7"};

/// A home of the test's own, four pictures with masks, and calls of the program.
class Place
{
public:
    Place()
    {
        for (int i = 0; i < 4; ++i) {
            const std::string stem = "case" + std::to_string(i);
            savePng(data() / "images" / (stem + ".png"), scene(48, 40, unsigned(i)));
            savePng(data() / "masks" / (stem + ".png"), disc(48, 40, 8 + i));
        }
    }

    [[nodiscard]] fs::path data() const { return m_folder / "data"; }

    fs::path operator/(const std::string& name) const { return m_folder / name; }

    [[nodiscard]] Process::Environment environment(const Process::Environment& more = {}) const
    {
        Process::Environment all{
            {"GUIDINO_HOME", (m_folder / "home").string()}, {"GUIDINO_PLUGINS", ""}};
        for (const auto& [name, value] : more) {
            all[name] = value;
        }
        return all;
    }

    Outcome call(const Words& words, const Process::Environment& more = {}) const
    {
        return Process(cliWords(words), environment(more)).finish(240000);
    }

    /// One epoch at 32 pixels; `plugin` empty: none is named.
    Outcome train(
        const std::string& config,
        const std::string& out,
        const Words& settings,
        const std::string& plugin = kExample) const
    {
        Words words = {"train", "--config", config, "--data", data().string()};
        words.insert(words.end(), {"--out", (m_folder / out).string(), "--device", "cpu"});
        if (!plugin.empty()) {
            words.insert(words.end(), {"--plugin", plugin});
        }
        words.insert(
            words.end(),
            {"--set",
             "training.epochs=1",
             "training.batch_size=2",
             "data.image_size=32",
             "guide.prototypes=4"});
        words.insert(words.end(), settings.begin(), settings.end());
        return call(words);
    }

    [[nodiscard]] Json json(const std::string& file) const
    {
        return Json::parse(textOf(m_folder / file), nullptr, false);
    }

private:
    TemporaryFolder m_folder;
};

void expectFine(const Outcome& outcome, int line)
{
    if (outcome.exitCode != 0) {
        test::fail(__FILE__, line, std::to_string(outcome.exitCode) + ": " + outcome.err);
    }
}

void expectRefused(const Outcome& outcome, int code, const Words& parts, int line)
{
    if (outcome.exitCode != code) {
        test::fail(__FILE__, line, "exit " + std::to_string(outcome.exitCode) + ": " + outcome.err);
    }
    for (const std::string& part : parts) {
        if (!contains(outcome.err, part)) {
            test::fail(__FILE__, line, "no '" + part + "' in: " + outcome.err);
        }
    }
}

/// The only row of a run's metrics.csv, without what time and memory change.
std::string learned(const fs::path& run)
{
    std::istringstream file(textOf(run / "metrics.csv"));
    std::string head;
    std::string row;
    std::getline(file, head);
    std::getline(file, row);
    std::istringstream names(head);
    std::istringstream values(row);
    std::string text;
    for (std::string name, value; std::getline(names, name, ',');) {
        std::getline(values, value, ',');
        if (!contains(name, "second") && !contains(name, "memory")) {
            text += name + "=" + value + " ";
        }
    }
    return text;
}

/// A copy of the example with another text of the same length everywhere.
fs::path changedCopy(const fs::path& copy, const std::string& text, const std::string& replacement)
{
    std::string bytes = textOf(kExample);
    REQUIRE(text.size() == replacement.size());
    std::size_t count = 0;
    for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at)) {
        bytes.replace(at, text.size(), replacement);
        ++count;
    }
    REQUIRE(count > 0);
    writeText(copy, bytes);
    return copy;
}

Words namesOf(const Json& list)
{
    return list.get<Words>();
}

} // namespace

GD_TEST(aPluginIsListedWithWhatItAdds)
{
    const Place place;
    const Outcome none = place.call({"plugins"});
    expectFine(none, __LINE__);
    EXPECT(contains(none.out, "no plug-ins: name a file with --plugin"));
    EXPECT(contains(none.out, (place / "home" / "plugins").string()));

    // Named twice, and in the folder: one plug-in, which is named.
    fs::create_directories(place / "home" / "plugins");
    fs::create_symlink(kExample, place / "home" / "plugins" / "example.so");
    const Outcome listed = place.call(
        {"plugins", "--json", "--plugin", kExample}, {{"GUIDINO_PLUGINS", kExample + "::"}});
    expectFine(listed, __LINE__);
    const Json answer = Json::parse(listed.out);
    EXPECT_EQ(answer.at("folder").get<std::string>(), (place / "home" / "plugins").string());
    REQUIRE(answer.at("plugins").size() == 1);
    const Json& one = answer.at("plugins")[0];
    EXPECT_EQ(one.at("file").get<std::string>(), kExample);
    EXPECT_EQ(one.at("from").get<std::string>(), "named");
    EXPECT(one.at("loaded").get<bool>());
    EXPECT_EQ(one.at("name").get<std::string>(), "example");
    EXPECT_EQ(one.at("version").get<std::string>(), "1.0");
    EXPECT(namesOf(one.at("networks")) == Words{"example-unet"});
    EXPECT(namesOf(one.at("guide_sources")) == Words{"example-edges"});
    EXPECT(namesOf(one.at("gates")) == Words{"example-soft"});
    EXPECT(namesOf(one.at("loss_terms")) == Words{"example-tversky"});
    EXPECT(namesOf(one.at("augmentations")) == Words{"example-shadow"});

    // From the folder, and among the architectures.
    const Outcome people = place.call({"plugins"});
    expectFine(people, __LINE__);
    EXPECT(contains(people.out, "example 1.0: A small network"));
    EXPECT(contains(people.out, "(from the folder)"));
    EXPECT(contains(people.out, "--set guide.source=example-edges"));
    const Outcome networks =
        place.call({"models", "architectures", "example-unet", "--size", "64", "--json"});
    expectFine(networks, __LINE__);
    const Json network = Json::parse(networks.out).at("architectures")[0];
    EXPECT_EQ(network.at("guide").get<std::string>(), "possible");
    EXPECT(network.at("parameters").get<int>() > 1000);
    EXPECT(contains(place.call({"models", "architectures"}).out, "example-unet"));
}

GD_TEST(everythingTogetherTrainsAndPredicts)
{
    const Place place;
    Words settings = kAll;
    settings.emplace_back("network.width=12");
    expectFine(place.train("example-unet", "run", settings), __LINE__);
    EXPECT(contains(learned(place / "run"), "dsc="));
    EXPECT(contains(learned(place / "run"), "guide_"));
    const std::string bundle = (place / "run" / "best").string();
    const Json run = place.json("run/run.json");
    const Json config = place.json("run/best/config.json");
    EXPECT_EQ(config.at("config").at("system").get<std::string>(), "example-unet");
    EXPECT_EQ(config.at("config").at("network").at("width").get<int>(), 12);
    for (const Json& record : {run, config}) {
        const Json& plugins = record.at("plugins");
        REQUIRE(plugins.size() == 1);
        EXPECT_EQ(plugins[0].at("name").get<std::string>(), "example");
        EXPECT_EQ(plugins[0].at("file").get<std::string>(), "libexample_network.so");
        EXPECT(
            namesOf(plugins[0].at("uses"))
            == (Words{
                "network example-unet",
                "guide source example-edges",
                "gate example-soft",
                "term of the loss example-tversky",
                "augmentation example-shadow"}));
    }

    const std::string picture = (place.data() / "images" / "case0.png").string();
    const auto predict = [&](const std::string& out, const Process::Environment& environment) {
        return place.call(
            {"predict", "--model", bundle, "--input", picture, "--out", (place / out).string()},
            environment);
    };
    const Process::Environment named{{"GUIDINO_PLUGINS", kExample}};
    expectFine(predict("prediction", named), __LINE__);
    EXPECT(fs::exists(place / "prediction" / "masks" / "case0.png"));
    EXPECT(fs::exists(place / "prediction" / "guide" / "case0.npy"));
    const Outcome why = place.call(
        {"explain",
         "--plugin",
         kExample,
         "--model",
         bundle,
         "--input",
         picture,
         "--out",
         (place / "why").string()});
    expectFine(why, __LINE__);
    expectFine(place.call({"models", "show", "--plugin", kExample, bundle}), __LINE__);

    // Without the plug-in: what is missing and how to name it, in each way of opening the bundle.
    const Words said = {
        "the plug-in 'example' 1.0 (network example-unet, guide source example-edges",
        "libexample_network.so",
        "--plugin FILE",
        (place / "home" / "plugins").string()};
    expectRefused(predict("none", {}), 3, said, __LINE__);
    expectRefused(
        place.call({"train", "--resume", "--out", (place / "run").string()}),
        0, // it is finished: nothing is opened
        {},
        __LINE__);
    fs::remove(place / "run" / "messages.jsonl"); // it looks unfinished
    expectRefused(
        place.call({"train", "--resume", "--out", (place / "run").string()}), 3, said, __LINE__);
    expectRefused(
        place.call(
            {"train",
             "--init",
             bundle,
             "--data",
             place.data().string(),
             "--out",
             (place / "tuned").string()}),
        3,
        said,
        __LINE__);
    EXPECT(!fs::exists(place / "tuned"));
    const Outcome unknown = place.train("example-unet", "unknown", {}, "");
    expectRefused(
        unknown, 2, {"There is no configuration 'example-unet'", "--plugin FILE"}, __LINE__);

    // Put into the folder, it is enough.
    fs::create_directories(place / "home" / "plugins");
    fs::copy_file(kExample, place / "home" / "plugins" / "example.so");
    expectFine(predict("again", {}), __LINE__);
    EXPECT_EQ(
        textOf(place / "again" / "masks" / "case0.png"),
        textOf(place / "prediction" / "masks" / "case0.png"));
}

GD_TEST(eachAdditionWorksInANetworkOfOurs)
{
    const Place place;
    const Words common = {
        "network.base_channels=4", "guide.source=self", "guide.gates=[\"bottleneck\"]"};
    expectFine(place.train("guidino-u", "plain", common), __LINE__);
    const std::string plain = learned(place / "plain");
    for (const std::string& setting : kAll) {
        if (setting.starts_with("guide.gates")) {
            continue;
        }
        const std::string run = setting.substr(0, setting.find('='));
        Words settings = common;
        settings.push_back(setting);
        expectFine(place.train("guidino-u", run, settings), __LINE__);
        if (learned(place / run) == plain) {
            test::fail(__FILE__, __LINE__, setting + " changed nothing: " + plain);
        }
    }
}

GD_TEST(theNetworkTakesTheOthersPlace)
{
    const Place place;
    // Its own options are known whatever the order; those of the other network are gone.
    const Outcome outcome = place.train(
        "unet", "run", {"network.width=8", "network.activation=gelu", "system=example-unet"});
    expectFine(outcome, __LINE__);
    const Json config = place.json("run/best/config.json").at("config");
    EXPECT_EQ(config.at("system").get<std::string>(), "example-unet");
    EXPECT_EQ(config.at("network").at("activation").get<std::string>(), "gelu");

    const std::string file = GUIDINO_SOURCE_DIR "/plugins/example_network/example-unet.json";
    expectFine(place.train(file, "from-file", {}), __LINE__);
    EXPECT_EQ(place.json("from-file/run.json").at("plugins")[0].at("uses").size(), 5U);

    expectRefused(
        place.train("unet", "odd", {"system=example-unet", "network.width=9"}),
        2,
        {"plug-in 'example', network 'example-unet'", "multiple of 4"},
        __LINE__);
    expectRefused(
        place.train("unet", "small", {"system=example-unet", "network.width=2"}),
        2,
        {"network.width", "from 4 to 256"},
        __LINE__);
    expectRefused(
        place.train("unet", "own", {"system=guidino-w"}), 2, {"configuration's name"}, __LINE__);
}

GD_TEST(serveAndItsWindowUseTheSamePlugins)
{
    const Place place;
    expectFine(place.train("example-unet", "run", kAll), __LINE__);
    const std::string bundle = (place / "run" / "best").string();
    const auto ask = [&](const Process::Environment& more) {
        auto environment = place.environment(more);
        environment["XDG_RUNTIME_DIR"] = (place / "scratch").string();
        fs::create_directories(place / "scratch");
        Process serve(cliWords({"serve", "--model", bundle, "--device", "cpu"}), environment);
        protocol::Envelope envelope;
        envelope.job = "1";
        protocol::Predict predict;
        predict.image = (place.data() / "images" / "case0.png").string();
        serve.write(*protocol::encode(envelope, protocol::Command(predict)) + "\n");
        std::string answer;
        for (std::string line = serve.readLine(60000); !line.empty();
             line = serve.readLine(60000)) {
            const auto message = protocol::decodeMessage(line);
            if (message && std::holds_alternative<protocol::Failure>(message->body)) {
                answer = std::get<protocol::Failure>(message->body).code + ": "
                         + std::get<protocol::Failure>(message->body).message;
                break;
            }
            if (message && std::holds_alternative<protocol::JobResult>(message->body)) {
                answer = "result";
                break;
            }
        }
        return answer;
    };
    EXPECT_EQ(ask({{"GUIDINO_PLUGINS", kExample}}), "result");
    const std::string refused = ask({});
    EXPECT(refused.starts_with("bad_input: "));
    EXPECT(contains(refused, "the plug-in 'example' 1.0"));
}

GD_TEST(refusedFilesSayWhy)
{
    const Place place;
    const auto refuse = [&](const fs::path& file, int code, const Words& parts, int line) {
        Words all = parts;
        all.push_back("'" + file.string() + "'");
        expectRefused(
            place.call({"devices", "--json"}, {{"GUIDINO_PLUGINS", file.string()}}),
            code,
            all,
            line);
    };
    refuse(place / "nowhere.so", 3, {"there is no such file"}, __LINE__);
    writeText(place / "text.so", "#!/bin/sh\necho I am a plug-in\n");
    refuse(place / "text.so", 3, {"it is no shared library"}, __LINE__);
    writeText(place / "empty.so", "");
    refuse(place / "empty.so", 3, {"it is no shared library"}, __LINE__);
    fs::create_directories(place / "folder.so");
    refuse(place / "folder.so", 3, {"not a file"}, __LINE__);
    refuse(GUIDINO_BINARY_DIR "/tests/libfake_runtime.so", 3, {"no plug-in"}, __LINE__);
    writeText(place / "half.so", textOf(kExample).substr(0, textOf(kExample).size() - 100));
    refuse(place / "half.so", 3, {"the file ends too early"}, __LINE__);
    refuse(
        changedCopy(place / "torch.so", ";libtorch=2.", ";libtorch=9."),
        3,
        {"built for LibTorch 9.", "this program has 2.", "docs/plugins.md"},
        __LINE__);
    refuse(
        changedCopy(place / "api.so", "stamp;api=1", "stamp;api=8"),
        3,
        {"built for plug-in interface 8, this program has 1"},
        __LINE__);
    refuse(
        changedCopy(place / "compiler.so", ";compiler=", ";compilre="),
        3,
        {"built for compiler (not told)"},
        __LINE__);

    const auto odd = [&](const std::string& mode, int code, const Words& parts, int line) {
        Words all = parts;
        all.push_back("'" + kOdd + "'");
        expectRefused(
            place.call(
                {"plugins", "--plugin", kExample, "--json"},
                {{"GUIDINO_PLUGINS", kOdd}, {"GUIDINO_ODD_PLUGIN", mode}}),
            code,
            {},
            line);
        expectRefused(
            place.call(
                {"models", "list", "--plugin", kExample},
                {{"GUIDINO_PLUGINS", kOdd}, {"GUIDINO_ODD_PLUGIN", mode}}),
            code,
            all,
            line);
    };
    odd("null", 3, {"guidino_plugin_v1"}, __LINE__);
    odd("api", 3, {"plug-in interface 2"}, __LINE__);
    odd("layout", 3, {"headers are of another version"}, __LINE__);
    odd("throws", 3, {"plug-in 'odd' failed at its start: not on Tuesdays"}, __LINE__);
    odd("throws-number", 3, {"failed at its start", "no std::exception"}, __LINE__);
    odd("throws-out", 3, {"threw at its start: out of the door"}, __LINE__);
    odd("nothing", 3, {"adds nothing"}, __LINE__);
    odd("no-name", 3, {"gate 'Odd Gate' is no name"}, __LINE__);
    odd("taken", 2, {"names are taken: gate 'residual'"}, __LINE__);
    odd("twin-gate", 2, {"names are taken: gate 'example-soft'"}, __LINE__);
    odd("twin", 2, {"a plug-in 'example' is loaded already, from '" + kExample}, __LINE__);
}

GD_TEST(onesThatWouldEndTheProgramAreRefused)
{
    const Place place;
    const auto broken = [&](const std::string& mode, const Words& parts, int line) {
        const Process::Environment named = {
            {"GUIDINO_PLUGINS", kOdd},
            {"GUIDINO_ODD_PLUGIN", mode},
            {"GUIDINO_PLUGIN_SECONDS", mode == "opening-hangs" ? "1" : "60"}};
        Words all = parts;
        all.insert(all.end(), {"'" + kOdd + "'", "Nothing of it was loaded. Mend"});
        expectRefused(place.call({"devices"}, named), 3, all, line);
        const Outcome list = place.call({"plugins", "--plugin", kExample, "--json"}, named);
        expectRefused(list, 3, {}, line);
        const Json plugins = Json::parse(list.out, nullptr, false);
        REQUIRE(plugins.is_object() && plugins.at("plugins").size() == 2);
        EXPECT(plugins.at("plugins")[0].at("loaded").get<bool>());
        EXPECT(!plugins.at("plugins")[1].at("loaded").get<bool>());
        EXPECT(contains(plugins.at("plugins")[1].at("problem").get<std::string>(), parts.front()));
    };
    broken(
        "opening-throws",
        {"it threw while it was opened, where nothing can catch it: no table of colours"},
        __LINE__);
    broken(
        "opening-crashes",
        {"it crashed while it was opened (Segmentation fault)",
         "it last wrote: looking for colours"},
        __LINE__);
    broken("opening-exits", {"it ended the program while it was opened (exit code 0)"}, __LINE__);
    broken("opening-hangs", {"it was not done after 1 s while it was opened"}, __LINE__);
    broken("add-crashes", {"it crashed while it added"}, __LINE__);
    broken("add-exits", {"it ended the program while it added", "(exit code 7)"}, __LINE__);

    // In the folder it is left out, and others work.
    fs::create_directories(place / "home" / "plugins");
    fs::create_symlink(kOdd, place / "home" / "plugins" / "a.so");
    fs::create_symlink(kExample, place / "home" / "plugins" / "b.so");
    const Outcome beside = place.call(
        {"models", "architectures", "example-unet"}, {{"GUIDINO_ODD_PLUGIN", "opening-crashes"}});
    expectFine(beside, __LINE__);
    EXPECT(contains(beside.err, "warning: left out: the plug-in '"));
    EXPECT(contains(beside.err, "it crashed while it was opened"));

    // A good one speaks once, though it is tried in a copy of the program first.
    const Outcome talks = place.call({"models", "list"}, {{"GUIDINO_ODD_PLUGIN", "prints"}});
    expectFine(talks, __LINE__);
    const std::size_t first = talks.err.find("odd says hello");
    EXPECT(first != std::string::npos);
    EXPECT(talks.err.find("odd says hello", first + 1) == std::string::npos);
}

GD_TEST(aBadFileInTheFolderStopsNothing)
{
    const Place place;
    writeText(place / "home" / "plugins" / "bad.so", "text");
    writeText(place / "home" / "plugins" / "notes.txt", "no plug-in, and none is looked for");
    fs::create_symlink(kExample, place / "home" / "plugins" / "example.so");
    const Outcome outcome = place.call({"models", "architectures", "example-unet"});
    expectFine(outcome, __LINE__);
    EXPECT(contains(outcome.err, "warning: left out: the plug-in '"));
    EXPECT(contains(outcome.err, "bad.so"));
    EXPECT(!contains(outcome.err, "notes.txt"));
    const Outcome list = place.call({"plugins", "--json"});
    expectFine(list, __LINE__);
    const Json plugins = Json::parse(list.out).at("plugins");
    REQUIRE(plugins.size() == 2);
    EXPECT(contains(plugins[0].at("problem").get<std::string>(), "it is no shared library"));
    EXPECT(!plugins[0].at("loaded").get<bool>());
    EXPECT(plugins[1].at("loaded").get<bool>());
    // Nothing opens plug-ins where nothing is computed.
    EXPECT(!contains(place.call({"data", "inspect", place.data().string()}).err, "left out"));
}

GD_TEST(whatFailsInUseNamesThePlugin)
{
    const Place place;
    const Words small = {"network.base_channels=4", "guide.source=self"};
    const auto with = [&small](const std::string& setting) {
        Words settings = small;
        settings.push_back(setting);
        return settings;
    };
    expectRefused(
        place.train("odd-net", "net", {}, kOdd),
        70,
        {"plug-in 'odd', network 'odd-net': no weights today"},
        __LINE__);
    expectRefused(
        place.train("guidino-u", "gate", with("guide.gate_form=odd-gate"), kOdd),
        70,
        {"plug-in 'odd', gate 'odd-gate': gave back"},
        __LINE__);
    expectRefused(
        place.train("guidino-u", "term", with("loss.terms.odd-term=1"), kOdd),
        70,
        {"plug-in 'odd', term of the loss 'odd-term': threw something"},
        __LINE__);
}

GD_TEST_MAIN()
