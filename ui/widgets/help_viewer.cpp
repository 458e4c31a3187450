// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/help_viewer.h"

#include "ui/model/key_table.h"

#include <QFile>
#include <QHBoxLayout>
#include <QImage>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr int kPictureWidth = 720; // of pictures on a page
const char* const kPlace = "qrc:/manual/";

} // namespace

ManualBrowser::ManualBrowser(const KeyMap& keys, QWidget* parent)
    : QTextBrowser(parent)
    , m_keys(keys)
{
    setObjectName(QStringLiteral("manual"));
    setAccessibleName(tr("Page of the manual"));
    setOpenExternalLinks(false);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(20);
}

QVariant ManualBrowser::loadResource(int type, const QUrl& name)
{
    const QUrl url = source().resolved(name);
    if (url.scheme() != QLatin1StringView("qrc")) {
        return {};
    }
    if (url.fileName() == QLatin1StringView("keys.md")) {
        return keysAsMarkdown(m_keys).toUtf8(); // with the user's own keys
    }
    QFile file(QLatin1Char(':') + url.path());
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QByteArray bytes = file.readAll();
    if (type != QTextDocument::ImageResource) {
        return bytes;
    }
    const QImage picture = QImage::fromData(bytes);
    if (picture.width() <= kPictureWidth) {
        return picture;
    }
    const double ratio = devicePixelRatioF();
    QImage shown = picture.scaledToWidth(
        std::min(picture.width(), qRound(kPictureWidth * ratio)), Qt::SmoothTransformation);
    shown.setDevicePixelRatio(shown.width() / static_cast<double>(kPictureWidth));
    return shown;
}

void ManualBrowser::doSetSource(const QUrl& name, QTextDocument::ResourceType type)
{
    const QUrl url = source().isEmpty() ? name : source().resolved(name);
    const bool isPage = url.toString().startsWith(QLatin1StringView(kPlace))
                        && url.fileName().endsWith(QLatin1StringView(".md"));
    if (isPage) { // everything else is outside of the manual
        QTextBrowser::doSetSource(url, QTextDocument::MarkdownResource);
    }
    Q_UNUSED(type)
}

HelpViewer::HelpViewer(const KeyMap& keys, QWidget* parent)
    : QDialog(parent)
    , m_contents(new QListWidget(this))
    , m_browser(new ManualBrowser(keys, this))
    , m_field(new QLineEdit(this))
{
    setObjectName(QStringLiteral("helpViewer"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Manual"));
    setModal(false);
    m_contents->setObjectName(QStringLiteral("manualContents"));
    m_contents->setAccessibleName(tr("Pages of the manual"));
    m_contents->setFixedWidth(210);
    for (const auto& [page, title] : pages()) {
        auto* item = new QListWidgetItem(title, m_contents);
        item->setData(Qt::UserRole, page);
    }
    m_field->setObjectName(QStringLiteral("manualSearch"));
    m_field->setPlaceholderText(tr("Search this page and the next ones"));
    m_field->setAccessibleName(m_field->placeholderText());
    m_field->setClearButtonEnabled(true);
    auto* back = new QPushButton(tr("Back"), this);
    back->setAutoDefault(false); // Return searches
    back->setEnabled(false);
    back->setToolTip(tr("To the page that was shown before, where there is one"));
    auto* top = new QHBoxLayout;
    top->addWidget(back);
    top->addWidget(m_field, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(8);
    right->addLayout(top);
    right->addWidget(m_browser, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 8, 8, 8);
    row->setSpacing(8);
    row->addWidget(m_contents);
    row->addLayout(right, 1);
    resize(1040, 780);
    connect(back, &QPushButton::clicked, m_browser, &QTextBrowser::backward);
    connect(m_browser, &QTextBrowser::backwardAvailable, back, &QPushButton::setEnabled);
    connect(m_field, &QLineEdit::returnPressed, this, &HelpViewer::search);
    connect(m_contents, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item != nullptr) {
            showPage(item->data(Qt::UserRole).toString());
        }
    });
    connect(m_browser, &QTextBrowser::sourceChanged, this, &HelpViewer::markPage);
}

QList<std::pair<QString, QString>> HelpViewer::pages()
{
    return {
        {QStringLiteral("index"), tr("Contents")},
        {QStringLiteral("quick-start"), tr("Quick start")},
        {QStringLiteral("first-model"), tr("From your images to a model of your own")},
        {QStringLiteral("window"), tr("The window and its tools")},
        {QStringLiteral("guide"), tr("The guide")},
        {QStringLiteral("review"), tr("Review")},
        {QStringLiteral("readers"), tr("Several readers")},
        {QStringLiteral("fine-tuning"), tr("Teaching a model")},
        {QStringLiteral("projects"), tr("Projects")},
        {QStringLiteral("export"), tr("Export and reports")},
        {QStringLiteral("privacy"), tr("Privacy")},
        {QStringLiteral("keys"), tr("Keys")},
        {QStringLiteral("known-issues"), tr("Known issues")}};
}

void HelpViewer::showPage(const QString& page)
{
    if (page != this->page()) {
        m_browser->setSource(QUrl(QLatin1StringView(kPlace) + page + QStringLiteral(".md")));
    }
    markPage();
}

/// A list without a current row would take its first one with the focus, and so turn to its page.
void HelpViewer::markPage()
{
    const QSignalBlocker block(m_contents);
    for (int i = 0; i < m_contents->count(); ++i) {
        if (m_contents->item(i)->data(Qt::UserRole).toString() == page()) {
            m_contents->setCurrentRow(i);
        }
    }
}

QString HelpViewer::page() const
{
    const QString name = m_browser->source().fileName();
    return name.left(name.lastIndexOf(QLatin1Char('.')));
}

void HelpViewer::search()
{
    const QString text = m_field->text();
    if (text.isEmpty() || m_browser->find(text)) {
        return;
    }
    // On the pages after this one, round to this one again.
    const int count = m_contents->count();
    const int now = std::max(m_contents->currentRow(), 0);
    for (int i = 1; i <= count; ++i) {
        showPage(m_contents->item((now + i) % count)->data(Qt::UserRole).toString());
        m_browser->moveCursor(QTextCursor::Start);
        if (m_browser->find(text)) {
            return;
        }
    }
}

} // namespace guidino::ui
