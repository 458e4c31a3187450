// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/command_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace guidino::protocol {

namespace {

/// What no shell takes for anything but itself, wherever in a word it stands.
bool isPlain(char letter)
{
    constexpr std::string_view kMarks = "_-./:,+@%="; // '=' matters at a word's begin only
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
           || (letter >= '0' && letter <= '9') || kMarks.find(letter) != std::string_view::npos;
}

/// Words of a call, with the option's name before its values.
class Call
{
public:
    explicit Call(std::string begin)
        : m_text(std::move(begin))
    {}

    void add(const std::string& option, const std::string& value)
    {
        if (value.empty()) {
            return;
        }
        // A value that begins like an option needs its name before it.
        m_text += value.front() == '-' ? " " + shellQuoted(option + "=" + value)
                                       : " " + option + " " + shellQuoted(value);
    }

    void addFlag(const std::string& option, bool isSet)
    {
        if (isSet) {
            m_text += " " + option;
        }
    }

    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

/// The shortest text that is read as the same number.
std::string numberText(double value)
{
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

} // namespace

std::string shellQuoted(std::string_view word)
{
    if (!word.empty() && word.front() != '=' && std::all_of(word.begin(), word.end(), isPlain)) {
        return std::string(word);
    }
    std::string quoted = "'";
    for (const char letter : word) {
        if (letter == '\'') {
            quoted += "'\\''";
        } else {
            quoted += letter;
        }
    }
    return quoted + "'";
}

std::string commandLineOf(const TrainSpec& spec, const std::filesystem::path& out)
{
    const TrainSpec none;
    Call call("guidino train");
    call.add("--config", spec.config);
    call.add("--recipe", spec.recipe);
    call.add("--init", spec.init.string());
    call.add("--data", spec.data.string());
    call.add("--layout", spec.layout);
    call.add("--labels", spec.labels.string());
    call.add("--splits", spec.splits.string());
    call.add("--guide-corrections", spec.guideCorrections.string());
    if (spec.guideCorrectionWeight) {
        call.add("--guide-correction-weight", numberText(*spec.guideCorrectionWeight));
    }
    for (const std::string& setting : spec.settings) {
        call.add("--set", setting);
    }
    for (const std::string& stem : spec.previewImages) {
        call.add("--preview", stem);
    }
    if (spec.device != none.device) {
        call.add("--device", spec.device);
    }
    if (spec.threads != none.threads) {
        call.add("--threads", std::to_string(spec.threads));
    }
    call.addFlag("--tensorboard", spec.tensorboard);
    call.addFlag("--dry-run", spec.dryRun);
    if (!spec.dryRun) {
        call.add("--out", out.string());
    }
    return call.text();
}

} // namespace guidino::protocol
