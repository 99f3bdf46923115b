// SPDX-License-Identifier: Apache-2.0
//
// queue/embedded/schema.h: the tables of the embedded queues.
#pragma once

#include "sqlite/migrate.h"

namespace pointsman::queue {

sqlite::SchemaPart queue_schema();

}  // namespace pointsman::queue
