// SPDX-License-Identifier: Apache-2.0
#include "ui/model/recovery_store.h"

#include "core/base/sha256.h"
#include "ui/model/label_files.h"

#include <QtConcurrentRun>

#include <system_error>
#include <utility>

namespace guidino::ui {

RecoveryStore::RecoveryStore(std::filesystem::path folder, QObject* parent)
    : QObject(parent)
    , m_folder(std::move(folder))
    , m_dataset(m_folder)
{
    m_pool.setMaxThreadCount(1);
}

RecoveryStore::~RecoveryStore()
{
    flush();
}

void RecoveryStore::open(const std::filesystem::path& dataset)
{
    m_dataset = m_folder / sha256Of(dataset.string()).substr(0, 16);
}

void RecoveryStore::write(const QString& image, const LabelMap& labels)
{
    QtConcurrent::run(&m_pool, [file = fileOf(image), labels] {
        return writeIndexFile(file, labels);
    }).then(this, [this, image](const Status& status) {
        if (status) {
            Q_EMIT written(image);
        } else {
            Q_EMIT failed(status.error());
        }
    });
}

void RecoveryStore::remove(const QString& image)
{
    m_pool.start([file = fileOf(image)] {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    });
}

std::filesystem::path RecoveryStore::fileOf(const QString& image) const
{
    return m_dataset / (sha256Of(image.toStdString()).substr(0, 16) + ".png");
}

void RecoveryStore::flush()
{
    m_pool.waitForDone();
}

} // namespace guidino::ui
