// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QListWidget>
#include <QTextBrowser>

class QLineEdit;

namespace guidino::ui {

class KeyMap;

/// Shows pages of the manual: Markdown and pictures from the program's resources, and the table of
/// keys as they are now. Opens nothing outside of the program.
class ManualBrowser : public QTextBrowser
{
    Q_OBJECT

public:
    ManualBrowser(const KeyMap& keys, QWidget* parent);

protected:
    QVariant loadResource(int type, const QUrl& name) override;
    void doSetSource(const QUrl& name, QTextDocument::ResourceType type) override;

private:
    const KeyMap& m_keys;
};

/// The manual in a window of its own: contents, page, search. Not modal, so that it can stand
/// beside what it is about.
class HelpViewer : public QDialog
{
    Q_OBJECT

public:
    explicit HelpViewer(const KeyMap& keys, QWidget* parent = nullptr);

    /// "review", "guide" and so on: a file of docs/manual without its ending.
    void showPage(const QString& page);

    [[nodiscard]] QString page() const;

    [[nodiscard]] ManualBrowser& browser() { return *m_browser; }

    /// Files of the manual in the order of the contents, with their titles.
    [[nodiscard]] static QList<std::pair<QString, QString>> pages();

private:
    void search();
    void markPage();

    QListWidget* m_contents;
    ManualBrowser* m_browser;
    QLineEdit* m_field;
};

} // namespace guidino::ui
