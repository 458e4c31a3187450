// SPDX-License-Identifier: Apache-2.0
#include "ui/model/image_search.h"

#include <algorithm>
#include <array>

namespace guidino::ui {

namespace {

const std::array<const char*, 11> kStates{
    "labelled",
    "unlabelled",
    "unsaved",
    "predicted",
    "accepted",
    "rejected",
    "unsure",
    "open",
    "missing",
    "corrected",
    "notes"};

/// Splits at spaces outside quotation marks, which go.
QStringList wordsOf(const QString& text)
{
    QStringList words;
    QString word;
    bool isQuoted = false;
    for (const QChar character : text) {
        if (character == QLatin1Char('"')) {
            isQuoted = !isQuoted;
        } else if (character.isSpace() && !isQuoted) {
            if (!word.isEmpty()) {
                words << word;
            }
            word.clear();
        } else {
            word += character;
        }
    }
    if (!word.isEmpty()) {
        words << word;
    }
    return words;
}

QString quoted(const QString& text)
{
    return text.contains(QLatin1Char(' ')) ? QLatin1Char('"') + text + QLatin1Char('"') : text;
}

} // namespace

ImageSearch::ImageSearch(const QString& text, const LabelClasses& classes)
{
    for (const QString& word : wordsOf(text)) {
        m_terms.push_back(termOf(word, classes));
    }
}

ImageSearch::Term ImageSearch::termOf(QString text, const LabelClasses& classes)
{
    Term term;
    if (text.size() > 1 && text.startsWith(QLatin1Char('-'))) {
        term.isNot = true;
        text.remove(0, 1);
    }
    bool isNumber = false;
    if (text.startsWith(QLatin1Char('#'))) {
        const int number = text.mid(1).toInt(&isNumber);
        if (isNumber) {
            term.key = Key::Row;
            term.number = number - 1;
            return term;
        }
    }
    const qsizetype colon = text.indexOf(QLatin1StringView("::"));
    const QString key = text.left(std::max<qsizetype>(colon, 0)).toLower();
    const QString value = text.mid(colon + 2);
    term.value = value.toCaseFolded();
    if (key == QLatin1StringView("label")) {
        term.key = Key::Label;
        term.number = value.toInt(&isNumber);
        if (term.value == QLatin1StringView("none")) {
            term.number = 0;
        } else if (!isNumber) {
            const auto found = std::find_if(classes.begin(), classes.end(), [&](const auto& one) {
                return one.name.toCaseFolded() == term.value;
            });
            term.number = found != classes.end() ? int{found->index} : -1;
        }
    } else if (key == QLatin1StringView("tag")) {
        term.key = Key::Tag;
    } else if (key == QLatin1StringView("state")) {
        term.key = Key::State;
    } else if (key == QLatin1StringView("checked")) {
        term.key = Key::Checked;
        term.number = value.toInt();
    } else if (key == QLatin1StringView("score")) {
        static const QRegularExpression range(
            QStringLiteral("^\\[?\\s*([0-9.]+)\\s*(?:[,;-]\\s*([0-9.]+)\\s*)?\\]?$"));
        const auto match = range.match(value);
        term.key = Key::Score;
        term.low = match.hasMatch() ? match.captured(1).toDouble() : 0;
        term.high = match.captured(2).isEmpty() ? 1 : match.captured(2).toDouble();
    } else if (key == QLatin1StringView("split")) {
        term.key = Key::Split;
    } else if (key == QLatin1StringView("group")) {
        term.key = Key::Group;
    } else {
        term.value = text.toCaseFolded();
        term.name = QRegularExpression(text, QRegularExpression::CaseInsensitiveOption);
        if (!term.name.isValid()) {
            term.name = QRegularExpression(
                QRegularExpression::escape(text), QRegularExpression::CaseInsensitiveOption);
        }
    }
    return term;
}

bool ImageSearch::hasState(const QString& state, const ImageEntry& entry)
{
    const auto is = [&state](const char* name) {
        return QLatin1StringView(name).startsWith(state) && !state.isEmpty();
    };
    return (is("labelled") && entry.isLabelled) || (is("unlabelled") && !entry.isLabelled)
           || (is("unsaved") && entry.isEdited) || (is("predicted") && entry.isPredicted)
           || (is("stale") && entry.isPredicted && entry.isStale)
           || (is("accepted") && entry.verdict == project::Verdict::Accepted)
           || (is("rejected") && entry.verdict == project::Verdict::Rejected)
           || (is("unsure") && entry.verdict == project::Verdict::Unsure)
           || (is("open") && !entry.verdict) || (is("missing") && entry.isMissing)
           || (is("corrected") && entry.hasGuideCorrection) || (is("notes") && entry.hasOpenNotes);
}

bool ImageSearch::holds(const Term& term, const ImageEntry& entry, int row)
{
    switch (term.key) {
    case Key::Name:
        return term.name.match(entry.stem).hasMatch() || term.name.match(entry.name).hasMatch();
    case Key::Row:
        return row == term.number;
    case Key::Label:
        return term.number == 0 ? !entry.isLabelled
                                : std::find(entry.classes.begin(), entry.classes.end(), term.number)
                                      != entry.classes.end();
    case Key::Tag:
        return std::any_of(entry.tags.begin(), entry.tags.end(), [&](const QString& tag) {
            return tag.toCaseFolded() == term.value;
        });
    case Key::State:
        return hasState(term.value, entry);
    case Key::Checked:
        return entry.verdict.has_value() == (term.number != 0);
    case Key::Score:
        return entry.score && *entry.score >= term.low && *entry.score <= term.high;
    case Key::Split:
        return term.value == QLatin1StringView("none")
                   ? entry.split.isEmpty()
                   : !term.value.isEmpty() && entry.split.toCaseFolded().startsWith(term.value);
    case Key::Group:
        return entry.group.toCaseFolded() == term.value;
    }
    return false;
}

bool ImageSearch::matches(const ImageEntry& entry, int row) const
{
    return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) {
        return holds(term, entry, row) != term.isNot;
    });
}

QStringList ImageSearch::completions(const LabelClasses& classes, const QStringList& tags)
{
    QStringList list;
    for (const char* state : kStates) {
        list << QStringLiteral("state::") + QLatin1StringView(state);
    }
    for (const char* split : {"train", "validation", "test", "locked", "none"}) {
        list << QStringLiteral("split::") + QLatin1StringView(split);
    }
    for (const LabelClass& one : classes) {
        list << QStringLiteral("label::") + quoted(one.name);
    }
    list << QStringLiteral("label::none") << QStringLiteral("checked::0")
         << QStringLiteral("checked::1") << QStringLiteral("score::[0,0.5]");
    for (const QString& tag : tags) {
        list << QStringLiteral("tag::") + quoted(tag);
    }
    return list;
}

} // namespace guidino::ui
