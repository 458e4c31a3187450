// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_log.h"

#include <QDateTime>

#include <algorithm>
#include <fstream>
#include <system_error>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

constexpr int kLookMs = 500;
constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

RunLog::Severity severityOf(QStringView level)
{
    const auto is = [level](QLatin1String name) {
        return level.compare(name, Qt::CaseInsensitive) == 0;
    };
    if (is(QLatin1String("error")) || is(QLatin1String("critical")) || is(QLatin1String("fatal"))) {
        return RunLog::Severity::Error;
    }
    return is(QLatin1String("warning")) || is(QLatin1String("warn")) ? RunLog::Severity::Warning
                                                                     : RunLog::Severity::Info;
}

/// Where the next line begins; `from` itself within a line so long that readers pass over it.
std::uint64_t lineStart(const fs::path& file, std::uint64_t from)
{
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(from));
    std::string piece(protocol::kMaxLineBytes, '\0');
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const std::size_t end = piece.substr(0, static_cast<std::size_t>(stream.gcount())).find('\n');
    return end == std::string::npos ? from : from + end + 1;
}

} // namespace

RunLog::Line RunLog::parsed(const std::string& line)
{
    QString text = QString::fromUtf8(line.data(), static_cast<qsizetype>(line.size()));
    text.remove(QLatin1Char('\r'));
    Line result;
    const qsizetype afterTime = text.indexOf(QLatin1Char(' '));
    if (afterTime > 0) {
        const QDateTime time = QDateTime::fromString(text.left(afterTime), Qt::ISODateWithMs);
        if (time.isValid()) {
            const qsizetype afterLevel = text.indexOf(QLatin1Char(' '), afterTime + 1);
            const QStringView level =
                QStringView(text).mid(afterTime + 1, afterLevel - afterTime - 1);
            result.severity = severityOf(level);
            result.time = time.toLocalTime().toString(QStringLiteral("HH:mm:ss"));
            text = afterLevel < 0 ? QString() : text.mid(afterLevel + 1);
        }
    }
    if (result.time.isEmpty()) { // "guidino: warning: …", "[W123 …] Warning: …"
        const auto says = [&text](QLatin1String word) {
            return text.contains(word, Qt::CaseInsensitive);
        };
        result.severity = says(QLatin1String("error:"))     ? Severity::Error
                          : says(QLatin1String("warning:")) ? Severity::Warning
                                                            : Severity::Info;
    }
    if (text.size() > kMostLetters) {
        text.truncate(kMostLetters);
        text += QStringLiteral(" …");
    }
    result.text = text;
    return result;
}

RunLog::RunLog(QObject* parent)
    : QAbstractListModel(parent)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RunLog::look);
}

void RunLog::open(const fs::path& runFolder)
{
    beginResetModel();
    m_lines.clear();
    m_rows.clear();
    m_first = m_total = 0;
    m_counts = {};
    const fs::path file = protocol::RunPaths{runFolder}.log();
    std::error_code problem;
    const std::uintmax_t size = fs::file_size(file, problem);
    m_isCut = !problem && size > kMostBytes;
    m_tail.emplace(file, m_isCut ? lineStart(file, size - kMostBytes) : 0);
    endResetModel();
    if (m_isActive) {
        m_timer.start(0);
    }
    Q_EMIT grown();
}

void RunLog::setActive(bool isActive)
{
    m_isActive = isActive;
    if (!isActive) {
        m_timer.stop();
    } else if (m_tail) {
        m_timer.start(0);
    }
}

void RunLog::look()
{
    if (!m_tail || !m_isActive) {
        return;
    }
    const std::vector<std::string> lines = m_tail->poll(kPieceBytes);
    if (!lines.empty()) {
        append(lines);
        Q_EMIT grown();
    }
    m_timer.start(m_tail->isAtEnd() ? kLookMs : 0);
}

bool RunLog::isWanted(const Line& line) const
{
    return line.severity >= m_least
           && std::all_of(m_words.begin(), m_words.end(), [&line](const QString& word) {
                  return line.text.contains(word, Qt::CaseInsensitive);
              });
}

void RunLog::append(const std::vector<std::string>& lines)
{
    std::vector<std::int64_t> wanted;
    for (const std::string& line : lines) {
        m_lines.push_back(parsed(line));
        ++m_counts[static_cast<std::size_t>(m_lines.back().severity)];
        if (isWanted(m_lines.back())) {
            wanted.push_back(m_total);
        }
        ++m_total;
    }
    if (!wanted.empty()) {
        const int row = static_cast<int>(m_rows.size());
        beginInsertRows({}, row, row + static_cast<int>(wanted.size()) - 1);
        m_rows.insert(m_rows.end(), wanted.begin(), wanted.end());
        endInsertRows();
    }
    const std::int64_t first = m_total - std::min<std::int64_t>(m_total, kMostLines);
    const auto gone =
        static_cast<int>(std::lower_bound(m_rows.begin(), m_rows.end(), first) - m_rows.begin());
    if (gone > 0) {
        beginRemoveRows({}, 0, gone - 1);
        m_rows.erase(m_rows.begin(), m_rows.begin() + gone);
    }
    while (m_first < first) {
        m_lines.pop_front();
        ++m_first;
    }
    if (gone > 0) {
        endRemoveRows();
    }
}

void RunLog::setWords(const QString& words)
{
    m_words = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    filterAgain();
}

void RunLog::setLeast(Severity severity)
{
    m_least = severity;
    filterAgain();
}

void RunLog::filterAgain()
{
    beginResetModel();
    m_rows.clear();
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        if (isWanted(m_lines[i])) {
            m_rows.push_back(m_first + static_cast<std::int64_t>(i));
        }
    }
    endResetModel();
    Q_EMIT grown();
}

int RunLog::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant RunLog::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() < 0 || index.row() >= rowCount()) {
        return {};
    }
    const std::int64_t number = m_rows[static_cast<std::size_t>(index.row())];
    const Line& line = m_lines[static_cast<std::size_t>(number - m_first)];
    switch (role) {
    case Qt::DisplayRole:
        return line.time.isEmpty() ? line.text : line.time + QStringLiteral("  ") + line.text;
    case SeverityRole:
        return QVariant::fromValue(line.severity);
    case TimeRole:
        return line.time;
    case TextRole:
    case Qt::ToolTipRole:
        return line.text;
    default:
        return {};
    }
}

} // namespace guidino::ui
