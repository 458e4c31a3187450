// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/sql.h"

/// The tables of a project and the way from older ones. Internal to core/project.
namespace guidino::project {

/// Version of the tables that this program writes.
inline constexpr int kSchemaVersion = 3;

/// "GDNO": tells our databases from others.
inline constexpr int kApplicationId = 0x47444E4F;

/// Makes the tables of a new project.
[[nodiscard]] Status createSchema(const Connection& connection);

/// Brings an older project forward, one version after another, each in one transaction. BadInput
/// for a file that is no project or comes from a newer program.
[[nodiscard]] Status migrateSchema(const Connection& connection, bool readOnly);

} // namespace guidino::project
