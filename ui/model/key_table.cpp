// SPDX-License-Identifier: Apache-2.0
#include "ui/model/key_table.h"

#include "ui/model/key_map.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace guidino::ui {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("guidino::ui::KeyTable", text);
}

QString cell(QString text)
{
    return text.replace(QLatin1Char('|'), QStringLiteral("\\|"));
}

QString tableOf(const KeyMap& keys, KeyMap::Scope scope)
{
    QStringList rows;
    for (const KeyMap::Entry& entry : keys.entries()) {
        if (entry.scope != scope || entry.action == nullptr || entry.action->shortcuts().isEmpty()) {
            continue;
        }
        QStringList names;
        for (const QKeySequence& key : entry.action->shortcuts()) {
            names << QStringLiteral("`%1`").arg(key.toString(QKeySequence::NativeText));
        }
        QString name = KeyMap::nameOf(*entry.action);
        if (name.endsWith(QLatin1Char(':'))) { // what is undone follows it in the menu
            name.chop(1);
        }
        rows << QStringLiteral("| %1 | %2 |").arg(cell(name), names.join(QStringLiteral(", ")));
    }
    std::sort(rows.begin(), rows.end(), [](const QString& a, const QString& b) {
        return a.compare(b, Qt::CaseInsensitive) < 0;
    });
    return QStringLiteral("| %1 | %2 |\n| --- | --- |\n%3\n")
        .arg(
            translated(QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Command")),
            translated(QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Keys")),
            rows.join(QLatin1Char('\n')));
}

} // namespace

QString keysAsMarkdown(const KeyMap& keys)
{
    QString page = QStringLiteral("# %1\n\n%2\n\n")
                       .arg(
                           translated(QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Keys")),
                           translated(QT_TRANSLATE_NOOP(
                               "guidino::ui::KeyTable",
                               "Any of them can be changed: Edit > Keyboard shortcuts, where there "
                               "are also whole sets like those of other programs.")));
    page += tableOf(keys, KeyMap::Scope::Window);
    for (const KeyMap::Scope scope : {KeyMap::Scope::Review, KeyMap::Scope::GuideBrush}) {
        page += QStringLiteral("\n## %1\n\n").arg(KeyMap::nameOf(scope)) + tableOf(keys, scope);
    }
    page += QStringLiteral("\n## %1\n\n| %2 | %3 |\n| --- | --- |\n")
                .arg(
                    translated(QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "With the mouse")),
                    translated(QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "What")),
                    translated(QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "How")));
    const std::pair<const char*, const char*> mouse[] = {
        {QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Zoom about the pointer"),
         QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "wheel")},
        {QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Move the image"),
         QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "middle button, or Space with the left one")},
        {QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Erase, or the opposite of the tool"),
         QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "right button, or Ctrl with the left one")},
        {QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Size of the brush"),
         QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Shift with the wheel, or Alt and drag")},
        {QT_TRANSLATE_NOOP("guidino::ui::KeyTable", "Hide all layers while held"),
         "V"}};
    for (const auto& [what, how] : mouse) {
        page += QStringLiteral("| %1 | %2 |\n").arg(translated(what), translated(how));
    }
    return page;
}

} // namespace guidino::ui
