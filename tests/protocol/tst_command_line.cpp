// SPDX-License-Identifier: Apache-2.0
// Jobs as commands: what a shell makes of them is what was meant.
#include "core/protocol/command_line.h"
#include "tests/support/check.h"
#include "tests/support/process.h"

using namespace guidino;
using namespace guidino::protocol;

namespace {

/// The words that sh sees in a text, set off by null characters.
std::vector<std::string> wordsInShell(const std::string& text)
{
    const test::Outcome outcome = test::runProgram({"/bin/sh", "-c", "printf '%s\\0' " + text}, {});
    std::vector<std::string> words;
    std::string word;
    for (const char letter : outcome.out) {
        if (letter == '\0') {
            words.push_back(std::exchange(word, {}));
        } else {
            word += letter;
        }
    }
    return words;
}

} // namespace

GD_TEST(plainWordsStayAsTheyAre)
{
    EXPECT_EQ(shellQuoted("guidino-u.fixed"), std::string("guidino-u.fixed"));
    EXPECT_EQ(shellQuoted("/data/kvasir_seg"), std::string("/data/kvasir_seg"));
    EXPECT_EQ(shellQuoted("training.epochs=20"), std::string("training.epochs=20"));
    EXPECT_EQ(shellQuoted(""), std::string("''"));
    EXPECT_EQ(shellQuoted("a b"), std::string("'a b'"));
    EXPECT_EQ(shellQuoted("it's"), std::string("'it'\\''s'"));
}

GD_TEST(aShellReadsEveryWordBack)
{
    std::mt19937 generator(11);
    const std::string letters = "ab0 \t\n'\"$`\\!*?~#&;|<>()[]{}=-%^.,\xC3\xA4";
    std::vector<std::string> words;
    for (int i = 0; i < 300; ++i) {
        std::string word;
        for (std::size_t length = generator() % 12; length > 0; --length) {
            word += letters[generator() % letters.size()];
        }
        words.push_back(word);
    }
    words.insert(words.end(), {"~", "~root", "#x", "=ls", "-n", "a=~", "!!", "$HOME", "*"});
    std::string text;
    for (const std::string& word : words) {
        text += " " + shellQuoted(word);
    }
    EXPECT(wordsInShell(text) == words);
}

GD_TEST(defaultsAreLeftOut)
{
    TrainSpec spec;
    spec.config = "unet";
    spec.data = "/data";
    EXPECT_EQ(
        commandLineOf(spec, "/runs/1"),
        std::string("guidino train --config unet --data /data --out /runs/1"));
    spec.previewImages = {"-odd"};
    spec.tensorboard = true;
    spec.guideCorrectionWeight = 0.1;
    EXPECT_EQ(
        commandLineOf(spec, "/runs/my run"),
        std::string("guidino train --config unet --data /data --guide-correction-weight 0.1 "
                    "--preview=-odd --tensorboard --out '/runs/my run'"));
    TrainSpec dry;
    dry.config = "unet";
    dry.data = "/data";
    dry.dryRun = true;
    EXPECT_EQ(
        commandLineOf(dry, "/runs/1"),
        std::string("guidino train --config unet --data /data --dry-run"));
}

GD_TEST_MAIN()
