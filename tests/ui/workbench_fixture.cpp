// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/workbench_fixture.h"

#include "resources/resources.h"

#include <QDir>
#include <QImage>
#include <QPainter>
#include <QWindow>

#include <cmath>

namespace guidino::ui {

Workbench::Workbench(const QString& home, const QString& program, const QString& demoModel)
    : settings(home + QStringLiteral("/settings.ini"), QSettings::IniFormat)
    , theme(*qApp)
    , project(home + QStringLiteral("/projects"))
    , dataset(project)
    , prediction(dataset, program)
    , guide(dataset, prediction, project)
    , models(project, prediction)
    , jobs(project, dataset, prediction, program, home)
    , training(dataset, prediction, jobs.queue(), program)
    , window(
          (loadResources(),
           theme.apply(true),
           WindowServices{
               project,
               dataset,
               prediction,
               training,
               view,
               tools,
               theme,
               settings,
               {},
               demoModel,
               QStringLiteral("test"),
               guide,
               models,
               jobs}))
{
    window.resize(1200, 800);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
}

void Workbench::open(const QString& folder)
{
    window.open({folder});
    QTRY_VERIFY(dataset.current() != nullptr);
    QTest::qWait(20); // the layout follows
}

QPoint Workbench::viewOf(PaneRole role, int x, int y)
{
    return window.canvas()
        .transform()
        .viewFromImage({x + 0.5, y + 0.5}, pane(role).size())
        .toPoint();
}

PointF Workbench::imageOf(PaneRole role, QPoint position)
{
    return window.canvas().transform().imageFromView(position, pane(role).size());
}

QPoint Workbench::inWindow(PaneRole role, QPoint position)
{
    return pane(role).mapTo(&window, position);
}

void Workbench::drag(
    PaneRole role,
    const QList<QPoint>& points,
    Qt::MouseButton button,
    Qt::KeyboardModifiers modifiers)
{
    QWindow* handle = window.windowHandle();
    QTest::mouseMove(handle, inWindow(role, points.first()));
    QTest::mousePress(handle, button, modifiers, inWindow(role, points.first()));
    for (const QPoint& point : points.mid(1)) {
        QTest::mouseMove(handle, inWindow(role, point));
    }
    QTest::mouseRelease(handle, button, modifiers, inWindow(role, points.last()));
    QTest::qWait(5);
}

void Workbench::key(int key, Qt::KeyboardModifiers modifiers)
{
    QTest::keyClick(window.windowHandle(), static_cast<Qt::Key>(key), modifiers);
}

SyntheticFolder::SyntheticFolder(int images, int masks)
{
    const QDir folder(m_folder.path());
    folder.mkdir(QStringLiteral("images"));
    folder.mkdir(QStringLiteral("masks"));
    for (int i = 0; i < images; ++i) {
        const QString name = QStringLiteral("case%1.png").arg(i);
        const QRect disc(40 + 15 * i, 30 + 5 * i, 60, 50);
        QImage image(200, 150, QImage::Format_RGB32);
        image.fill(QColor(200, 170, 160));
        QPainter painter(&image);
        painter.setBrush(QColor(70, 50, 40));
        painter.setPen(Qt::NoPen);
        painter.drawEllipse(disc);
        painter.end();
        image.save(folder.filePath(QStringLiteral("images/") + name));
        if (i < masks) {
            QImage mask(200, 150, QImage::Format_Grayscale8);
            mask.fill(0);
            QPainter maskPainter(&mask);
            maskPainter.setBrush(Qt::white);
            maskPainter.setPen(Qt::NoPen);
            maskPainter.drawEllipse(disc);
            maskPainter.end();
            mask.save(folder.filePath(QStringLiteral("masks/") + name));
        }
    }
}

} // namespace guidino::ui
