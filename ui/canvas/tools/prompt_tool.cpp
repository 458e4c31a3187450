// SPDX-License-Identifier: Apache-2.0
// Clicks say what belongs and what does not, a box where to look; Return takes the result.
#include "ui/canvas/tools/box_drag.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/model/prediction.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace guidino::ui {

namespace {

constexpr double kSide = 1536; // of the window around a click, in pixels of the screen
/// A drag of less than this is a click, in logical pixels.
constexpr double kClickDistance = 6;

class PromptTool : public CanvasTool
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::PromptTool)

public:
    void press(const ToolContext& /*context*/, const ToolInput& input) override
    {
        m_from = input.view;
        m_drag = BoxDrag{input.image, input.image};
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        if (m_drag) {
            m_drag->to = input.image;
        }
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        if (!m_drag) {
            return;
        }
        m_drag->to = input.image;
        const BoxDrag drag = *std::exchange(m_drag, std::nullopt);
        const QPointF moved = input.view - m_from;
        const auto& image = context.document.shownImage();
        if (image == nullptr) {
            return;
        }
        if (std::hypot(moved.x(), moved.y()) < kClickDistance) {
            m_prompts.push_back({pixelAt(drag.from), !input.erases()});
        } else {
            m_box = drag.pixels(image->size());
            const bool hasInside = std::any_of(
                m_prompts.begin(), m_prompts.end(), [this](const editing::Prompt& prompt) {
                    return prompt.isPositive && m_box->contains(prompt.point);
                });
            if (!hasInside) { // a box alone means what is in its middle
                m_prompts.push_back(
                    {{m_box->x + m_box->width / 2, m_box->y + m_box->height / 2}, !input.erases()});
            }
        }
        select(context);
    }

    bool key(const ToolContext& context, int key) override
    {
        switch (key) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            accept(context);
            return true;
        case Qt::Key_Backspace:
            if (!m_prompts.empty()) {
                m_prompts.pop_back();
                select(context);
            }
            return true;
        default:
            return false;
        }
    }

    [[nodiscard]] bool isOpen() const override { return !m_prompts.empty() || m_drag.has_value(); }

    [[nodiscard]] bool wants(int key) const override { return key == Qt::Key_Backspace; }

    void cancel(const ToolContext& context) override { reset(context); }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        previewOf(context).paint(context, painter);
        if (m_drag) {
            m_drag->paint(context, painter);
        } else if (m_box) {
            const BoxDrag box{
                {static_cast<double>(m_box->x), static_cast<double>(m_box->y)},
                {static_cast<double>(m_box->right()), static_cast<double>(m_box->bottom())}};
            box.paint(context, painter);
        }
        for (const editing::Prompt& prompt : m_prompts) {
            const QPointF at = context.viewFromImage({prompt.point.x + 0.5, prompt.point.y + 0.5});
            painter.setPen(QPen(QColor(0, 0, 0, 200), 1.5));
            painter.setBrush(prompt.isPositive ? QColor(0, 158, 115) : QColor(213, 94, 0));
            painter.drawEllipse(at, 6, 6);
            painter.setPen(QPen(Qt::white, 1.5));
            painter.drawLine(at - QPointF(3, 0), at + QPointF(3, 0));
            if (prompt.isPositive) {
                painter.drawLine(at - QPointF(0, 3), at + QPointF(0, 3));
            }
        }
        if (!m_prompts.empty() && pointer) {
            const bool isOfModel = context.state.promptAnswer() != nullptr;
            paintChip(
                painter,
                *pointer + QPointF(16, 0),
                isTakingAway() ? (isOfModel ? tr("Return takes the model's object away")
                                            : tr("Return takes it away"))
                : isOfModel    ? tr("Return takes the model's object")
                               : tr("Return takes it"));
        }
    }

private:
    /// Negative prompts alone: the label loses what they mean.
    [[nodiscard]] bool isTakingAway() const
    {
        return std::none_of(m_prompts.begin(), m_prompts.end(), [](const editing::Prompt& prompt) {
            return prompt.isPositive;
        });
    }

    void select(const ToolContext& context)
    {
        const auto& image = context.document.shownImage();
        if (m_prompts.empty() || image == nullptr) {
            m_preview.clear();
            context.state.setPromptRequest({});
            return;
        }
        const Point first = m_prompts.front().point;
        const int side = static_cast<int>(kSide / std::min(context.transform.scale(), 1.0));
        const Rect around =
            m_box.value_or(Rect{first.x - side / 2, first.y - side / 2, side, side});
        if (image != m_image || around != m_rect) {
            m_window = windowOf(context, around);
            m_image = image;
            m_rect = around;
        }
        std::vector<editing::Prompt> prompts = m_prompts;
        const bool takesAway = isTakingAway();
        for (editing::Prompt& prompt : prompts) {
            prompt.isPositive = prompt.isPositive || takesAway;
        }
        m_preview.set(
            editing::promptRegion(m_window, prompts, guideOf(context)),
            colorOf(context, takesAway ? std::uint8_t{0} : context.state.labelClass()));
        context.state.setPromptRequest(PromptRequest{context.document.id(), prompts, m_box});
    }

    /// The model's answer where there is one, else what follows the colours.
    [[nodiscard]] const RegionPreview& previewOf(const ToolContext& context) const
    {
        const auto answer = context.state.promptAnswer();
        if (answer == nullptr || m_prompts.empty()) {
            return m_preview;
        }
        if (answer != m_answer) {
            m_answer = answer;
            m_answerPreview.set(
                *answer,
                colorOf(
                    context, isTakingAway() ? std::uint8_t{0} : context.state.labelClass()));
        }
        return m_answerPreview;
    }

    /// The model's guide over the window in 0..255, where there is one and it is wanted.
    [[nodiscard]] Raster8 guideOf(const ToolContext& context) const
    {
        const auto& prediction = context.document.prediction();
        if (!context.state.usesGuide() || prediction == nullptr || prediction->guide == nullptr) {
            return {};
        }
        const GuideMap& guide = *prediction->guide;
        const Size size = context.document.size();
        const Rect bounds = m_window.bounds();
        // A coarse grid: the guide has no finer detail.
        constexpr int kSamples = 128;
        Raster8 values(std::min(bounds.width, kSamples), std::min(bounds.height, kSamples));
        for (int y = 0; y < values.height(); ++y) {
            for (int x = 0; x < values.width(); ++x) {
                const double value = guide.valueAt(
                    (bounds.x + (x + 0.5) * bounds.width / values.width()) / size.width,
                    (bounds.y + (y + 0.5) * bounds.height / values.height()) / size.height);
                const double share =
                    (value - guide.low()) / std::max(guide.high() - guide.low(), 1e-6F);
                values.at(x, y) =
                    static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
            }
        }
        return values;
    }

    void accept(const ToolContext& context)
    {
        const std::uint8_t value = isTakingAway() ? std::uint8_t{0} : context.state.labelClass();
        const auto& prediction = context.document.prediction(); // of the model that was asked
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::Prompt, context.className(value)),
            [&](editing::LabelEdit& edit) {
                editing::paintRegion(edit, previewOf(context).region(), value);
            },
            context.state.promptAnswer() != nullptr && prediction != nullptr ? prediction->sha256
                                                                             : QString());
        reset(context);
    }

    void reset(const ToolContext& context)
    {
        context.state.setPromptRequest({});
        m_prompts.clear();
        m_drag.reset();
        m_box.reset();
        m_preview.clear();
    }

    std::vector<editing::Prompt> m_prompts;
    std::optional<BoxDrag> m_drag;
    std::optional<Rect> m_box;
    QPointF m_from;
    RegionPreview m_preview;
    // Made when it is drawn first: answers come between the tool's events.
    mutable RegionPreview m_answerPreview;
    mutable std::shared_ptr<const editing::Region> m_answer;
    std::shared_ptr<const ImagePyramid> m_image;
    Rect m_rect;
    editing::ColourWindow m_window;
};

} // namespace

std::unique_ptr<CanvasTool> makePromptTool()
{
    return std::make_unique<PromptTool>();
}

} // namespace guidino::ui
