// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/schema.h: the ledger's tables.
#pragma once

#include "sqlite/migrate.h"

namespace pointsman::ledger {

sqlite::SchemaPart ledger_schema();

}  // namespace pointsman::ledger
