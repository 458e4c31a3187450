// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_board.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

constexpr int kLookMs = 500;
constexpr int kTellMs = 250;
constexpr int kListMs = 5000;
constexpr std::size_t kMostListed = 200;

fs::path plainPath(const fs::path& folder)
{
    std::error_code ignored;
    fs::path plain = fs::absolute(folder, ignored).lexically_normal();
    return plain.has_filename() ? plain : plain.parent_path();
}

} // namespace

RunBoard::RunBoard(QObject* parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RunBoard::look);
}

const RunHistory* RunBoard::current() const
{
    return m_current < m_runs.size() ? m_runs[m_current].history.get() : nullptr;
}

std::size_t RunBoard::indexOf(const fs::path& folder)
{
    const fs::path plain = plainPath(folder);
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        if (m_runs[i].folder == plain) {
            return i;
        }
    }
    m_runs.push_back({plain, nameOfRun(plain), nullptr, false, -1});
    return m_runs.size() - 1;
}

void RunBoard::ensureShown(std::size_t index)
{
    Run& run = m_runs[index];
    run.isShown = true;
    if (run.colour < 0) {
        run.colour = m_nextColour++;
    }
    if (!run.history) {
        run.history = std::make_unique<RunHistory>(run.folder);
    }
}

void RunBoard::open(const fs::path& folder)
{
    const std::size_t index = indexOf(folder);
    m_current = index;
    listNeighbours();
    ensureShown(m_current);
    Q_EMIT listChanged();
    Q_EMIT currentChanged();
    m_timer.start(0);
}

bool RunBoard::add(const fs::path& folder)
{
    if (!isRunFolder(folder)) {
        return false;
    }
    const bool isFirst = m_runs.empty();
    const std::size_t index = indexOf(folder);
    ensureShown(index);
    if (isFirst) {
        m_current = index;
        Q_EMIT currentChanged();
    }
    Q_EMIT listChanged();
    m_timer.start(0);
    return true;
}

void RunBoard::clear()
{
    m_timer.stop();
    m_runs.clear();
    m_current = 0;
    m_nextColour = 0;
    m_told = 0;
    Q_EMIT listChanged();
    Q_EMIT currentChanged();
}

/// Whatever lies beside the current run. Those known already keep their state.
void RunBoard::listNeighbours()
{
    if (m_current >= m_runs.size()) {
        return;
    }
    m_sinceListed.start();
    const fs::path current = m_runs[m_current].folder;
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code problem;
    for (fs::directory_iterator entry(current.parent_path(), problem), none;
         !problem && entry != none;
         entry.increment(problem)) {
        std::error_code ignored;
        if (entry->is_directory(ignored) && isRunFolder(entry->path())) {
            found.emplace_back(entry->last_write_time(ignored), entry->path());
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    if (found.size() > kMostListed) {
        found.resize(kMostListed);
    }
    const std::size_t before = m_runs.size();
    for (const auto& [time, folder] : found) {
        (void)indexOf(folder);
    }
    if (m_runs.size() != before) {
        Q_EMIT listChanged();
    }
}

void RunBoard::setCurrent(std::size_t index)
{
    if (index >= m_runs.size()) {
        return;
    }
    m_current = index;
    ensureShown(index);
    Q_EMIT listChanged();
    Q_EMIT currentChanged();
    m_timer.start(0);
}

void RunBoard::setShown(std::size_t index, bool isShown)
{
    if (index >= m_runs.size() || index == m_current || m_runs[index].isShown == isShown) {
        return;
    }
    if (isShown) {
        ensureShown(index);
    } else {
        m_runs[index].isShown = false;
    }
    Q_EMIT listChanged();
    Q_EMIT changed();
    m_timer.start(0);
}

std::vector<std::size_t> RunBoard::shown() const
{
    std::vector<std::size_t> indices;
    if (m_current < m_runs.size() && m_runs[m_current].isShown) {
        indices.push_back(m_current);
    }
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        if (i != m_current && m_runs[i].isShown) {
            indices.push_back(i);
        }
    }
    return indices;
}

bool RunBoard::isLoading() const
{
    const auto indices = shown();
    return std::any_of(indices.begin(), indices.end(), [this](std::size_t index) {
        return !m_runs[index].history->isLoaded();
    });
}

void RunBoard::setActive(bool isActive)
{
    m_isActive = isActive;
    if (isActive && !m_runs.empty()) {
        m_timer.start(0);
    } else {
        m_timer.stop();
    }
}

void RunBoard::look()
{
    if (!m_isActive) {
        return;
    }
    const std::vector<std::size_t> indices = shown();
    bool isMore = false;
    // One run has the turn; the others are looked at only where nothing is left of it.
    for (std::size_t k = 0; k < indices.size() && !isMore; ++k) {
        const std::size_t index = indices[(m_turn + k) % indices.size()];
        isMore = m_runs[index].history->advance(kTurn);
    }
    ++m_turn;
    std::int64_t sum = 0;
    for (const std::size_t index : indices) {
        sum += m_runs[index].history->revision();
    }
    const bool mayTell = !m_sinceTold.isValid() || m_sinceTold.hasExpired(kTellMs);
    if (sum != m_told && (mayTell || !isMore)) {
        m_told = sum;
        m_sinceTold.start();
        Q_EMIT changed();
    }
    if (!isMore && m_sinceListed.hasExpired(kListMs)) {
        listNeighbours();
    }
    m_timer.start(isMore ? 0 : kLookMs);
}

} // namespace guidino::ui
