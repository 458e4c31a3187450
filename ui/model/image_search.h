// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/image_entry.h"
#include "ui/model/label_class.h"

#include <QRegularExpression>
#include <QString>
#include <QStringList>

#include <vector>

namespace guidino::ui {

/// What the search field of the image list understands. Terms are separated by spaces and must all
/// hold; quotation marks keep spaces together; a minus before a term turns it round:
///
///     lesion_0[1-3]       the name matches (regular expression, or plain text where it is none)
///     #12                 the twelfth image of the list
///     label::polyp        holds the class (name or number); label::none: no labels
///     tag::hard           carries the tag
///     state::accepted     labelled, unlabelled, unsaved, predicted, accepted, rejected, unsure,
///                         open (not decided), missing, corrected (guide), notes
///     checked::0          not decided by a reader; checked::1: decided
///     score::[0,0.5]      review value in this range
///     split::train        train, validation, test, locked, none
///     group::P12          patient or case
class ImageSearch
{
public:
    ImageSearch() = default;

    /// Unknown keys are searched in names, like any other text.
    ImageSearch(const QString& text, const LabelClasses& classes);

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }

    /// `row`: place in the whole list, from 0.
    [[nodiscard]] bool matches(const ImageEntry& entry, int row) const;

    /// Beginnings of terms for a completer: keys, states, classes, tags.
    [[nodiscard]] static QStringList
    completions(const LabelClasses& classes, const QStringList& tags);

private:
    enum class Key { Name, Row, Label, Tag, State, Checked, Score, Split, Group };

    struct Term
    {
        Key key = Key::Name;
        bool isNot = false;
        QString value; // folded
        QRegularExpression name;
        int number = -1; // row, class or 0/1
        double low = 0;  // of a range
        double high = 1;
    };

    [[nodiscard]] static Term termOf(QString text, const LabelClasses& classes);
    [[nodiscard]] static bool holds(const Term& term, const ImageEntry& entry, int row);
    [[nodiscard]] static bool hasState(const QString& state, const ImageEntry& entry);

    std::vector<Term> m_terms;
};

} // namespace guidino::ui
