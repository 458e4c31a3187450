// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_previews.h"

#include "ui/model/afterwards.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <memory>
#include <set>

namespace guidino::ui {

namespace {

/// Of 256-pixel pictures side by side about 400 KiB each.
constexpr qsizetype kKeptKiB = 64 * 1024;
/// A damaged file shall not cost more than a picture of a filmstrip can.
constexpr int kLargestSide = 8192;

QImage readPicture(const QString& file)
{
    QImage picture(file);
    if (picture.width() > kLargestSide || picture.height() > kLargestSide) {
        return {};
    }
    return picture.convertToFormat(QImage::Format_RGB32);
}

/// `EPOCH,"CASE",DSC,IOU,HD95`, quotes in names doubled.
std::vector<std::string> cellsOf(const std::string& line)
{
    std::vector<std::string> cells(1);
    bool isQuoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && isQuoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += '"';
            ++i;
        } else if (line[i] == '"') {
            isQuoted = !isQuoted;
        } else if (line[i] == ',' && !isQuoted) {
            cells.emplace_back();
        } else {
            cells.back() += line[i];
        }
    }
    return cells;
}

std::optional<double> numberOf(const std::string& cell)
{
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool isWhole = error == std::errc() && end == cell.data() + cell.size();
    return isWhole ? std::optional<double>(value) : std::nullopt;
}

} // namespace

PreviewHalves halvesOf(const QImage& picture)
{
    // Training images are square; beside them stand, after a gap, the guide and, in runs of older
    // versions, the filled prediction.
    const int side = picture.height();
    if (picture.width() < 2 * side) {
        return {picture, {}};
    }
    const bool isTriple = picture.width() >= 3 * side;
    const int gap = (picture.width() - (isTriple ? 3 : 2) * side) / (isTriple ? 2 : 1);
    const QImage guide = picture.copy(side + gap, 0, side, side);
    return {picture.copy(isTriple ? 2 * (side + gap) : 0, 0, side, side), guide};
}

RunPreviewStore::RunPreviewStore(QObject* parent)
    : QObject(parent)
    , m_pictures(kKeptKiB)
{
    m_pool.setMaxThreadCount(1);
}

RunPreviewStore::~RunPreviewStore()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void RunPreviewStore::open(const std::filesystem::path& runFolder)
{
    m_folder = runFolder;
    m_cases.clear();
    m_epochs.clear();
    m_scores.clear();
    m_scoreTail.emplace(m_folder / "previews" / "scores.csv");
    Q_EMIT changed();
}

void RunPreviewStore::follow(const QList<RunPreviews>& previews)
{
    readScores();
    std::size_t before = 0;
    std::size_t after = 0;
    for (const RunPreviews& one : m_cases) {
        before += one.files.size();
    }
    std::set<std::int64_t> epochs;
    for (const RunPreviews& one : previews) {
        after += one.files.size();
        for (const auto& [epoch, file] : one.files) {
            epochs.insert(epoch);
        }
    }
    if (before == after && m_cases.size() == previews.size()) {
        return;
    }
    m_cases = previews;
    m_epochs.assign(epochs.begin(), epochs.end());
    Q_EMIT changed();
}

void RunPreviewStore::readScores()
{
    if (!m_scoreTail) {
        return;
    }
    for (const std::string& line : m_scoreTail->poll()) {
        const std::vector<std::string> cells = cellsOf(line);
        constexpr std::size_t kColumns = 5;
        const auto epoch = numberOf(cells[0]);
        if (cells.size() != kColumns || !epoch) {
            continue; // the heading, or damaged
        }
        // After a resume an epoch comes again: the last counts.
        m_scores[QString::fromStdString(cells[1])][static_cast<std::int64_t>(*epoch)] = {
            numberOf(cells[2]), numberOf(cells[3]), numberOf(cells[4])};
    }
}

std::optional<std::int64_t> RunPreviewStore::shownEpoch(const RunPreviews& of, std::int64_t epoch)
{
    const auto after = of.files.upper_bound(epoch);
    return after == of.files.begin() ? std::nullopt
                                     : std::optional<std::int64_t>(std::prev(after)->first);
}

QImage RunPreviewStore::picture(const RunPreviews& of, std::int64_t epoch)
{
    const auto shown = shownEpoch(of, epoch);
    if (!shown) {
        return {};
    }
    const std::filesystem::path path = of.files.at(*shown).toStdString();
    const QString file =
        QString::fromStdString((path.is_absolute() ? path : m_folder / path).string());
    if (const QImage* known = m_pictures.object(file)) {
        return *known;
    }
    if (!m_wanted.contains(file)) {
        m_wanted.insert(file);
        afterwards(
            QtConcurrent::run(&m_pool, readPicture, file),
            this,
            [this, file](const QImage& picture) {
                m_wanted.remove(file);
                const auto cost = static_cast<qsizetype>(picture.sizeInBytes() / 1024 + 1);
                m_pictures.insert(file, std::make_unique<QImage>(picture).release(), cost);
                Q_EMIT ready();
            });
    }
    return {};
}

std::optional<RunPreviewStore::Score>
RunPreviewStore::score(const QString& image, std::int64_t epoch) const
{
    const auto ofCase = m_scores.constFind(image);
    if (ofCase == m_scores.constEnd()) {
        return std::nullopt;
    }
    const auto found = ofCase->constFind(epoch);
    return found == ofCase->constEnd() ? std::nullopt : std::optional<Score>(*found);
}

} // namespace guidino::ui
