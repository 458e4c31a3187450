// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/editing/label_edit.h"
#include "core/editing/region.h"
#include "core/editing/select.h"

#include <QObject>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::ui {

/// An object of a label with its class, to be put elsewhere.
struct RegionClip
{
    editing::Region region;
    std::uint8_t value = 1;
};

/// What the prompt tool was told of an image; a model may answer it.
struct PromptRequest
{
    ImageId image;
    std::vector<editing::Prompt> prompts;
    std::optional<Rect> box;

    friend bool operator==(const PromptRequest&, const PromptRequest&) = default;
};

/// The tool in hand and the options of all tools. GUI thread only.
class ToolState : public QObject
{
    Q_OBJECT

public:
    enum class Tool {
        Brush,
        Eraser,
        Ignore, ///< paints the value that counts for nothing
        SmartBrush,
        Superpixels,
        Polygon,
        Lasso,
        Livewire,
        Fill,
        Wand,
        Threshold,
        GrabCut,
        Prompt,
        Split,
        Region,
        AcceptBrush,
        Pick,
        Ruler,
        Pan,
    };
    Q_ENUM(Tool)

    static constexpr int kToolCount = static_cast<int>(Tool::Pan) + 1;

    using QObject::QObject;

    [[nodiscard]] Tool tool() const { return m_tool; }

    /// In image pixels, or in pixels of the screen where isZoomScaled().
    [[nodiscard]] double radiusPx() const { return m_radiusPx; }

    /// The brush's radius in image pixels where one of these is `scale` pixels of the screen.
    [[nodiscard]] double radiusAt(double scale) const;

    /// The brush keeps its size on the screen.
    [[nodiscard]] bool isZoomScaled() const { return m_isZoomScaled; }

    /// A pen's pressure makes the brush larger and smaller.
    [[nodiscard]] bool usesPressure() const { return m_usesPressure; }

    /// The class that is painted; 0 = background.
    [[nodiscard]] std::uint8_t labelClass() const { return m_labelClass; }

    /// What edits must leave alone, locked classes among it.
    [[nodiscard]] const editing::EditRules& rules() const { return m_rules; }

    /// Of the wand, in colour steps, [1, 255].
    [[nodiscard]] double tolerance() const { return m_tolerance; }

    /// Side of a superpixel in image pixels, [4, 64].
    [[nodiscard]] int superpixelPx() const { return m_superpixelPx; }

    /// Range of luminance, 0..255.
    [[nodiscard]] int thresholdLow() const { return m_thresholdLow; }

    [[nodiscard]] int thresholdHigh() const { return m_thresholdHigh; }

    /// The range follows from what is in the box.
    [[nodiscard]] bool isThresholdAuto() const { return m_isThresholdAuto; }

    /// A polygon's corners are joined by a smooth curve.
    [[nodiscard]] bool isPolygonSmooth() const { return m_isPolygonSmooth; }

    /// Prompts follow the model's guide besides the colours.
    [[nodiscard]] bool usesGuide() const { return m_usesGuide; }

    /// Radius for growing and shrinking in pixels, [1, 50].
    [[nodiscard]] int stepPx() const { return m_stepPx; }

    [[nodiscard]] const std::optional<RegionClip>& clipboard() const { return m_clipboard; }

    /// What the prompt tool was told; nothing while it was told nothing.
    [[nodiscard]] const std::optional<PromptRequest>& promptRequest() const { return m_prompts; }

    /// A model's answer to exactly that; null: none (yet), or it found nothing.
    [[nodiscard]] std::shared_ptr<const editing::Region> promptAnswer() const { return m_answer; }

    void setPromptRequest(std::optional<PromptRequest> request);
    /// Left out where something else was asked meanwhile.
    void setPromptAnswer(const PromptRequest& request, editing::Region region);

    void setTool(Tool tool);
    /// The tool that was in hand before this one.
    void takeFormerTool();
    void setRadiusPx(double radiusPx);
    void setZoomScaled(bool isScaled);
    void setPressureUsed(bool isUsed);
    void setLabelClass(std::uint8_t labelClass);
    /// Background for the class and back.
    void swapWithBackground();
    void setPaintOver(editing::PaintOver mode);
    void setLocked(std::uint8_t labelClass, bool isLocked);
    void setTolerance(double tolerance);
    void setSuperpixelPx(int side);
    void setThreshold(int low, int high);
    /// As the range found by the tool itself; keeps isThresholdAuto().
    void suggestThreshold(int low, int high);
    void setThresholdAuto(bool isAuto);
    void setPolygonSmooth(bool isSmooth);
    void setGuideUsed(bool isUsed);
    void setStepPx(int radius);
    void setClipboard(RegionClip clip);

    /// Steps of a fifth, at least one pixel of diameter, as in 3D Slicer.
    void growBrush();
    void shrinkBrush();

Q_SIGNALS:
    void changed();
    void promptsChanged();
    void promptAnswered();

private:
    template<typename T>
    void set(T& member, T value);

    Tool m_tool = Tool::Brush;
    Tool m_formerTool = Tool::Brush;
    double m_radiusPx = 20;
    bool m_isZoomScaled = false;
    bool m_usesPressure = true;
    std::uint8_t m_labelClass = 1;
    std::uint8_t m_formerClass = 0;
    editing::EditRules m_rules;
    double m_tolerance = 16;
    int m_superpixelPx = 14;
    int m_thresholdLow = 0;
    int m_thresholdHigh = 127;
    bool m_isThresholdAuto = true;
    bool m_isPolygonSmooth = false;
    bool m_usesGuide = true;
    int m_stepPx = 2;
    std::optional<RegionClip> m_clipboard;
    std::optional<PromptRequest> m_prompts;
    std::shared_ptr<const editing::Region> m_answer;
};

} // namespace guidino::ui
