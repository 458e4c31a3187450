// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/canvas/view_transform.h"
#include "ui/model/compared_case.h"
#include "ui/model/comparison_controller.h"

#include <QAction>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QWidget>

#include <memory>

class QVBoxLayout;

namespace guidino::ui {

class AdoptionGate;
class AnnotationDocument;
class CanvasView;
class CasePictures;
class CaseStrip;
class ComparisonTable;
class DatasetController;
class DocumentTable;
class GatePanel;
class ModelRegistry;
class ModelTimeLine;
class ModelTimeLineView;
class ProjectController;
class Theme;
class ToolState;
class ViewSettings;

/// Models in their order, two of them compared: swipe on the image, who got better and worse, what
/// it proves, and whether the new one may become current.
class ModelsPage : public QWidget
{
    Q_OBJECT

public:
    /// What it shows and works on; all outlive it.
    struct Parts
    {
        ProjectController& project;
        DatasetController& dataset;
        ModelRegistry& models;
        ModelTimeLine& line;
        ComparisonController& comparison;
        AdoptionGate& gate;
        CasePictures& pictures;
        Theme& theme;
        QAction& adopt;
        QAction& rollBack;
    };

    explicit ModelsPage(const Parts& parts, QWidget* parent = nullptr);
    ~ModelsPage() override;

    /// What the left half shows.
    enum class View { Swipe, Strip, Gate };

    void show(View view);

    void setSet(ComparisonController::Set set);

    /// Chooses the pair and the images that the comparison is of.
    void showComparison();

    /// Compares A and B on the chosen images, or cancels what is under way.
    void compare();

Q_SIGNALS:
    void leaveRequested();
    /// The image is wanted where it can be edited.
    void imageActivated(guidino::ImageId image);
    void problemOccurred(const guidino::ui::Notice& notice);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeStrip();
    QWidget* makeStage();
    QWidget* makeSide();
    void addChoice(QVBoxLayout& layout);
    void addCard(QVBoxLayout& layout);
    void addTable(QVBoxLayout& layout);
    void connectParts();
    void noteChoice();
    void refresh();
    void refreshCombos();
    void refreshFigures();
    void refreshColors();
    void choose(ImageId image);
    void showDocument();
    void showCase(const std::shared_ptr<const ComparedCase>& found);
    [[nodiscard]] ComparisonController::Set set() const;

    Parts m_parts;
    // the picture
    ViewTransform m_transform;
    ViewSettings* m_view;
    ToolState* m_tools;
    DocumentTable* m_documents;
    CanvasView* m_canvas;
    ImageId m_chosen;
    // the page
    ModelTimeLineView* m_timeLine;
    QStackedWidget* m_stage;
    QButtonGroup* m_views;
    CaseStrip* m_cases;
    GatePanel* m_gate;
    QLabel* m_looks;
    QComboBox* m_a;
    QComboBox* m_b;
    QComboBox* m_set;
    QPushButton* m_compare;
    QProgressBar* m_progress;
    QLabel* m_waits;
    QLabel* m_statement;
    QLabel* m_probability;
    QLabel* m_figures;
    QLabel* m_leftOut;
    QCheckBox* m_countAll;
    QLabel* m_caution;
    bool m_isFollowing = false; ///< the choice follows the comparison
    ComparisonTable* m_rows;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table;
    QDoubleSpinBox* m_limit;
};

} // namespace guidino::ui
