// SPDX-License-Identifier: Apache-2.0
#include "ui/model/label_class.h"

#include "core/base/label_map.h"

#include <QCoreApplication>

#include <array>

namespace guidino::ui {

QColor defaultClassColor(int index)
{
    static constexpr std::array<QRgb, 6> kColors{
        0xff56b4e9, 0xffe69f00, 0xff009e73, 0xffd55e00, 0xff0072b2, 0xfff0e442};
    return QColor(kColors[static_cast<std::size_t>(index + 5) % kColors.size()]);
}

LabelClasses binaryClasses()
{
    return {
        {1,
         QCoreApplication::translate("guidino::ui::LabelClass", "Object"),
         defaultClassColor(1)}};
}

QString classNameOf(const LabelClasses& classes, int index)
{
    if (index == 0) {
        return QCoreApplication::translate("guidino::ui::LabelClass", "Background");
    }
    if (index == kIgnoreLabel) {
        return QCoreApplication::translate("guidino::ui::LabelClass", "Ignored");
    }
    for (const LabelClass& labelClass : classes) {
        if (labelClass.index == index) {
            return labelClass.name;
        }
    }
    return QCoreApplication::translate("guidino::ui::LabelClass", "Class %1").arg(index);
}

} // namespace guidino::ui
