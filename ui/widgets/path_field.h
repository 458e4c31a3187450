// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLineEdit>
#include <QString>
#include <QWidget>

namespace guidino::ui {

/// A path that can be typed or chosen.
class PathField : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { NewFolder, OpenFile, SaveFile };

    /// `name` is what the path is of, for screen readers and the title of the chooser; `filter`
    /// such as "Packages (*.gdino)".
    PathField(Kind kind, const QString& name, const QString& filter, QWidget* parent = nullptr);

    [[nodiscard]] QString path() const { return m_edit->text().trimmed(); }

    void setPath(const QString& path) { m_edit->setText(path); }

Q_SIGNALS:
    void pathChanged(const QString& path);

private:
    void choose();

    Kind m_kind;
    QString m_name;
    QString m_filter;
    QLineEdit* m_edit;
};

} // namespace guidino::ui
