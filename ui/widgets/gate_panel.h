// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/case_strip.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>

namespace guidino::ui {

class AdoptionGate;
class CasePictures;
class ComparisonController;
class ModelTimeLine;
class Theme;

/// Why a model was not adopted: the locked images that it loses, with pictures, and a place for the
/// reason to use it all the same.
class GatePanel : public QWidget
{
    Q_OBJECT

public:
    GatePanel(
        AdoptionGate& gate,
        ComparisonController& comparison,
        CasePictures& pictures,
        ModelTimeLine& line,
        Theme& theme,
        QWidget* parent = nullptr);

    [[nodiscard]] CaseStrip& offenders() { return *m_offenders; }

Q_SIGNALS:
    void imageChosen(guidino::ImageId image);
    void imageActivated(guidino::ImageId image);

private:
    void refresh();
    void adopt();

    AdoptionGate& m_gate;
    ModelTimeLine& m_line;
    QLabel* m_title;
    QLabel* m_explanation;
    CaseStrip* m_offenders;
    QLineEdit* m_reason;
    QPushButton* m_adopt;
    QLabel* m_problem;
};

} // namespace guidino::ui
