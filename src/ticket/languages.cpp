// SPDX-License-Identifier: Apache-2.0
#include "ticket/format.h"

namespace pointsman {

std::vector<LanguageLabels> built_in_languages() {
  return {
      {"en",
       {"Problem", "Issue", "Subject", "Summary", "Title"},
       {"Priority", "Prio", "Urgency"},
       {"Description", "Details", "Detail", "Desc"}},
      {"de",
       {"Problem", "Betreff", "Störung", "Titel", "Anliegen"},
       {"Priorität", "Prioritaet", "Prio", "Dringlichkeit"},
       {"Beschreibung", "Details", "Einzelheiten"}},
      {"fr",
       {"Problème", "Probleme", "Sujet", "Objet", "Titre"},
       {"Priorité", "Priorite", "Urgence"},
       {"Description", "Détails", "Details"}},
      {"es",
       {"Problema", "Asunto", "Incidencia", "Título"},
       {"Prioridad", "Urgencia"},
       {"Descripción", "Descripcion", "Detalles"}},
  };
}

}  // namespace pointsman
