// SPDX-License-Identifier: Apache-2.0
#include "ui/model/key_map.h"

#include <QHash>
#include <QKeyEvent>
#include <QSettings>
#include <QStringList>

#include <algorithm>

namespace guidino::ui {

namespace {

using Table = QHash<QString, QStringList>;

QString presetSetting()
{
    return QStringLiteral("keys/preset");
}

QString settingOf(const QString& id)
{
    return QStringLiteral("keys/custom/") + id;
}

QList<QKeySequence> sequencesOf(const QStringList& texts)
{
    QList<QKeySequence> sequences;
    for (const QString& text : texts) {
        sequences.append(QKeySequence(text, QKeySequence::PortableText));
    }
    return sequences;
}

/// What a preset has otherwise than ours, in portable text. Each is free of conflicts (a test
/// looks).
Table presetTable(KeyMap::Preset preset)
{
    const auto q = [](const char* text) { return QString::fromLatin1(text); };
    switch (preset) {
    case KeyMap::Preset::GuiDino:
        return {};
    case KeyMap::Preset::Slicer:
        return {
            {q("brush"), {q("P")}},
            {q("polygon"), {q("Shift+D")}},
            {q("lasso"), {q("D")}},
            {q("livewire"), {q("L")}},
            {q("threshold"), {q("T")}},
            {q("prompt"), {q("Shift+T")}},
            {q("split"), {q("Shift+B")}},
            {q("toggleLabels"), {q("G")}},
            {q("cycleLayer"), {q("Ctrl+G")}},
            {q("next"), {q("PgDown")}},
            {q("previous"), {q("PgUp")}}};
    case KeyMap::Preset::ItkSnap:
        return {
            {q("opacityDown"), {q("A")}},
            {q("opacityUp"), {q("D")}},
            {q("next"), {q("PgDown")}},
            {q("previous"), {q("PgUp")}},
            {q("brush"), {q("4"), q("B")}},
            {q("polygon"), {q("3"), q("P")}},
            {q("pan"), {q("2"), q("H")}},
            {q("class2"), {}},
            {q("class3"), {}},
            {q("class4"), {}}};
    case KeyMap::Preset::LabelMe:
        return {
            {q("polygon"), {q("Ctrl+N"), q("P")}},
            {q("newProject"), {q("Ctrl+Shift+N")}},
            {q("editContour"), {q("Ctrl+J")}},
            {q("toggleJobs"), {q("Ctrl+Shift+J")}},
            {q("prompt"), {q("Q")}},
            {q("smartBrush"), {q("Shift+B")}},
            {q("grabCut"), {q("Ctrl+R")}},
            {q("rotateRight"), {q("Ctrl+Shift+Right")}},
            {q("rotateLeft"), {q("Ctrl+Shift+Left")}},
            {q("toggleLabels"), {q("Ctrl+H"), q("S")}}};
    }
    return {};
}

bool isPrefix(const QKeySequence& a, const QKeySequence& b)
{
    return a.matches(b) != QKeySequence::NoMatch || b.matches(a) != QKeySequence::NoMatch;
}

} // namespace

KeyMap::KeyMap(QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
{
    const int stored = m_settings.value(presetSetting()).toInt();
    m_preset = static_cast<Preset>(std::clamp(stored, 0, static_cast<int>(Preset::LabelMe)));
}

QString KeyMap::nameOf(Preset preset)
{
    switch (preset) {
    case Preset::GuiDino:
        return QStringLiteral("GuiDINO");
    case Preset::Slicer:
        return tr("like 3D Slicer");
    case Preset::ItkSnap:
        return tr("like ITK-SNAP");
    case Preset::LabelMe:
        return tr("like labelme and X-AnyLabeling");
    }
    return {};
}

QString KeyMap::nameOf(const QAction& action)
{
    QString name = action.text();
    name.remove(QLatin1Char('&'));
    name.remove(QStringLiteral("…"));
    return name;
}

QString KeyMap::nameOf(Scope scope)
{
    switch (scope) {
    case Scope::Window:
        break;
    case Scope::Review:
        return tr("Review");
    case Scope::GuideBrush:
        return tr("What-if brush");
    }
    return {};
}

QAction* KeyMap::actionFor(const QKeyEvent& event, Scope scope) const
{
    const QKeySequence pressed(
        QKeyCombination(event.modifiers() & ~Qt::KeypadModifier, static_cast<Qt::Key>(event.key())));
    for (const Entry& entry : m_entries) {
        if (entry.scope == scope && entry.action != nullptr
            && entry.action->shortcuts().contains(pressed)) {
            return entry.action;
        }
    }
    return nullptr;
}

void KeyMap::add(QAction* action, Scope scope)
{
    const QString id = action->objectName();
    const QList<QKeySequence> own = action->shortcuts();
    const bool isReserved = std::any_of(own.begin(), own.end(), [](const QKeySequence& key) {
        return !reasonReserved(key).isEmpty();
    });
    if (id.isEmpty() || entryOf(action) != nullptr || isReserved) { // help stays on F1
        return;
    }
    m_entries.append({action, id, action->shortcuts(), scope});
    const Entry& entry = m_entries.last();
    const QVariant kept = m_settings.value(settingOf(id));
    apply(entry, kept.isValid() ? sequencesOf(kept.toStringList()) : presetKeysOf(entry));
}

const KeyMap::Entry* KeyMap::entryOf(const QAction* action) const
{
    for (const Entry& entry : m_entries) {
        if (entry.action == action) {
            return &entry;
        }
    }
    return nullptr;
}

QList<QKeySequence> KeyMap::presetKeysOf(const Entry& entry) const
{
    const Table table = presetTable(m_preset);
    const auto found = table.constFind(entry.id);
    return found == table.constEnd() ? entry.defaults : sequencesOf(*found);
}

void KeyMap::apply(const Entry& entry, const QList<QKeySequence>& keys)
{
    QAction* action = entry.action;
    if (action == nullptr || action->shortcuts() == keys) {
        return;
    }
    // A tool tip ends with its key.
    QString tip = action->toolTip();
    const auto suffixOf = [](const QList<QKeySequence>& sequences) {
        return sequences.isEmpty() ? QString()
                                   : QStringLiteral(" (%1)").arg(
                                       sequences.first().toString(QKeySequence::NativeText));
    };
    const QString before = suffixOf(action->shortcuts());
    if (!before.isEmpty() && tip.endsWith(before)) {
        tip.chop(before.size());
        action->setToolTip(tip + suffixOf(keys));
    }
    action->setShortcuts(keys);
}

void KeyMap::keep(const Entry& entry, const QList<QKeySequence>& keys)
{
    if (keys == presetKeysOf(entry)) {
        m_settings.remove(settingOf(entry.id));
        return;
    }
    QStringList texts;
    for (const QKeySequence& key : keys) {
        texts.append(key.toString(QKeySequence::PortableText));
    }
    m_settings.setValue(settingOf(entry.id), texts);
}

QList<QAction*> KeyMap::conflicts(const QKeySequence& sequence, const QAction* except) const
{
    QList<QAction*> found;
    if (sequence.isEmpty()) {
        return found;
    }
    const Entry* own = entryOf(except);
    const Scope scope = own != nullptr ? own->scope : Scope::Window;
    for (const Entry& entry : m_entries) {
        if (entry.action == nullptr || entry.action == except || entry.scope != scope) {
            continue;
        }
        const QList<QKeySequence> keys = entry.action->shortcuts();
        if (std::any_of(keys.begin(), keys.end(), [&](const QKeySequence& key) {
                return isPrefix(key, sequence);
            })) {
            found.append(entry.action);
        }
    }
    return found;
}

QString KeyMap::reasonReserved(const QKeySequence& sequence)
{
    for (int i = 0; i < sequence.count(); ++i) {
        const QKeyCombination key = sequence[static_cast<uint>(i)];
        if (key.key() == Qt::Key_Tab || key.key() == Qt::Key_Backtab) {
            return tr("Tab moves from field to field.");
        }
        if (key.key() == Qt::Key_F1) {
            return tr("F1 is the key for help.");
        }
        if (key.keyboardModifiers().testFlags(Qt::ControlModifier | Qt::AltModifier)
            && key.key() >= Qt::Key_A && key.key() <= Qt::Key_Z) {
            return tr("Ctrl+Alt with a letter types signs on many keyboards.");
        }
    }
    return {};
}

void KeyMap::setKeys(QAction* action, const QList<QKeySequence>& keys)
{
    const Entry* entry = entryOf(action);
    if (entry == nullptr) {
        return;
    }
    for (const QKeySequence& key : keys) {
        for (QAction* other : conflicts(key, action)) {
            QList<QKeySequence> rest = other->shortcuts();
            rest.removeIf([&](const QKeySequence& one) { return isPrefix(one, key); });
            const Entry* otherEntry = entryOf(other);
            apply(*otherEntry, rest);
            keep(*otherEntry, rest);
        }
    }
    apply(*entry, keys);
    keep(*entry, keys);
    Q_EMIT changed();
}

void KeyMap::reset(QAction* action)
{
    if (const Entry* entry = entryOf(action)) {
        setKeys(action, presetKeysOf(*entry));
    }
}

void KeyMap::usePreset(Preset preset)
{
    m_preset = preset;
    m_settings.setValue(presetSetting(), static_cast<int>(preset));
    m_settings.remove(QStringLiteral("keys/custom"));
    for (const Entry& entry : m_entries) {
        apply(entry, presetKeysOf(entry));
    }
    Q_EMIT changed();
}

} // namespace guidino::ui
