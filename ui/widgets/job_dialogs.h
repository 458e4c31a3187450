// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

class QDialog;
class QWidget;

namespace guidino::ui {

class JobsController;

/// Small dialogs about one job; each deletes itself when closed. None blocks.

/// The end of the job's log, with a filter; follows while the job runs.
[[nodiscard]] QDialog* makeLogDialog(JobsController& jobs, JobId id, QWidget* parent);

/// Name, device and settings of a copy of the job; accepted, it waits in the queue.
[[nodiscard]] QDialog* makeCopyDialog(JobsController& jobs, JobId id, QWidget* parent);

[[nodiscard]] QDialog* makeRenameDialog(JobsController& jobs, JobId id, QWidget* parent);

} // namespace guidino::ui
