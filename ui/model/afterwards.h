// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

#include <utility>

namespace guidino::ui {

/// Calls `then(result)` once `work` has finished: in the thread of `context`, from its event loop,
/// and not at all where `context` is gone by then or the work was cancelled.
///
/// QFuture::then(context, …) calls at once, within itself, where the work happens to be finished
/// already. What the caller does after it then comes too late; a list that asks for a picture while
/// it is painted would be told to paint within that.
template<typename T, typename Then>
void afterwards(QFuture<T> work, QObject* context, Then then)
{
    auto* watcher = new QFutureWatcher<T>(context);
    QObject::connect(
        watcher,
        &QFutureWatcherBase::finished,
        context,
        [watcher, then = std::move(then)]() mutable {
            QFuture<T> finished = watcher->future();
            watcher->deleteLater();
            if (finished.resultCount() > 0) {
                then(finished.takeResult());
            }
        });
    watcher->setFuture(std::move(work));
}

} // namespace guidino::ui
