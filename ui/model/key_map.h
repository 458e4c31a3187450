// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>

class QKeyEvent;
class QSettings;

namespace guidino::ui {

/// The keys of all actions: the defaults, whole presets like those of other programs, and the
/// user's own, which are kept in the settings. Actions are known by their objectName(). GUI thread
/// only.
class KeyMap : public QObject
{
    Q_OBJECT

public:
    enum class Preset { GuiDino, Slicer, ItkSnap, LabelMe };
    Q_ENUM(Preset)

    /// Where keys hold: in the whole window, or in a mode, whose keys come first while it is on.
    enum class Scope { Window, Review, GuideBrush };
    Q_ENUM(Scope)

    struct Entry
    {
        QPointer<QAction> action;
        QString id;
        QList<QKeySequence> defaults;
        Scope scope = Scope::Window;
    };

    explicit KeyMap(QSettings& settings, QObject* parent = nullptr);

    /// Takes an action with its present keys as defaults, and gives it the user's. One without a
    /// name is left out.
    void add(QAction* action, Scope scope = Scope::Window);

    [[nodiscard]] const QList<Entry>& entries() const { return m_entries; }

    /// The action's text without marks of mnemonics.
    [[nodiscard]] static QString nameOf(const QAction& action);

    /// The action of a mode that has this key; null: none. Keys of the number block count as those
    /// of the row above the letters.
    [[nodiscard]] QAction* actionFor(const QKeyEvent& event, Scope scope) const;

    /// "Review", "What-if brush"; empty for the window.
    [[nodiscard]] static QString nameOf(Scope scope);

    /// Other actions of the same scope that a sequence belongs to or that it would shadow: equal
    /// sequences, and ones that begin with each other.
    [[nodiscard]] QList<QAction*>
    conflicts(const QKeySequence& sequence, const QAction* except = nullptr) const;

    /// Why a sequence should not be used at all; empty where it may: Tab, F1 and Ctrl+Alt with a
    /// letter (AltGr on many keyboards).
    [[nodiscard]] static QString reasonReserved(const QKeySequence& sequence);

    /// Gives the action these keys and takes them from others.
    void setKeys(QAction* action, const QList<QKeySequence>& keys);
    void reset(QAction* action);

    [[nodiscard]] Preset preset() const { return m_preset; }

    /// All keys as in the preset; the user's own are dropped.
    void usePreset(Preset preset);

    [[nodiscard]] static QString nameOf(Preset preset);

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] QList<QKeySequence> presetKeysOf(const Entry& entry) const;
    void apply(const Entry& entry, const QList<QKeySequence>& keys);
    void keep(const Entry& entry, const QList<QKeySequence>& keys);
    [[nodiscard]] const Entry* entryOf(const QAction* action) const;

    QSettings& m_settings;
    QList<Entry> m_entries;
    Preset m_preset = Preset::GuiDino;
};

} // namespace guidino::ui
