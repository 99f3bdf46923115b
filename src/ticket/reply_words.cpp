// SPDX-License-Identifier: Apache-2.0
#include "ticket/reply_words.h"

namespace pointsman {
namespace {

constexpr std::array<ReplyWords, 4> kWords{{
    {
        .language = "en",
        .filed = "✅ Filed as **#{number}** on the queue **{queue}**.",
        .filed_tip = "Priority: {priority}. To see how it stands, write `status #{number}`.",
        .attached = "Attached files stay in this chat: {files}.",
        .already_filed = "☑️ Already filed as **#{number}** on the queue **{queue}**: the same words came from you a moment ago.",
        .help_title = "To get help, copy this format, fill it in and send it to me:",
        .help_commands = "I also answer `status #1042` (one of your tickets), `mine` (all your open tickets) and `help`.",
        .status_line = "**#{number}** {problem}: **{status}**, priority {priority}, queue {queue}, filed {created}.",
        .assigned_to = "{assignee} is working on it.",
        .no_such_ticket = "I know no ticket **#{number}** of yours. Write `mine` to see your open tickets.",
        .mine_title = "Your open tickets, newest first:",
        .mine_none = "You have no open tickets.",
        .not_filed = "⚠️ Not filed yet. Please mend this:",
        .copy_format = "Copy this, complete it, and send it to me again:",
        .not_stored = "⚠️ Your message could **not** be stored just now; nothing was filed. Please send it again in a minute.",
        .uncertain = "⚠️ Storing your message takes unusually long, so it is **not certain yet** whether it was filed. Write `mine` in a "
                     "minute to see; if it is not there, please send it again.",
        .too_old = "⚠️ This message is too old to be filed. Please send it again.",
        .missing = "**{field}** is missing.",
        .empty = "**{field}** is empty.",
        .too_long = "**{field}** is too long: at most {limit} characters.",
        .unknown_priority = "**{field}** is not one I know: {given}. Choose one of: {choices}.",
        .not_allowed = "**{field}** cannot be {given}. Choose one of: {choices}.",
        .control_characters = "**{field}** holds characters that cannot be shown. Please type it again.",
        .did_you_mean = "Did you mean **{suggestion}**?",
        .problem_hint = "what is wrong, in one line",
        .description_hint = "what happens, where, since when, what you have tried",
        .field_hint = "please fill in",
        .optional_hint = "optional",
        .status_names = {"new", "assigned", "in progress", "pending", "resolved", "closed", "cancelled"},
    },
    {
        .language = "de",
        .filed = "✅ Aufgenommen als **#{number}** in der Warteschlange **{queue}**.",
        .filed_tip = "Priorität: {priority}. Den Stand zeigt `status #{number}`.",
        .attached = "Angehängte Dateien bleiben in diesem Chat: {files}.",
        .already_filed = "☑️ Schon aufgenommen als **#{number}** in der Warteschlange **{queue}**: Derselbe Text kam gerade eben von Ihnen.",
        .help_title = "So bekommen Sie Hilfe: dieses Format kopieren, ausfüllen und an mich senden:",
        .help_commands = "Ich antworte auch auf `status #1042` (ein Ticket von Ihnen), `meine` (Ihre offenen Tickets) und `hilfe`.",
        .status_line = "**#{number}** {problem}: **{status}**, Priorität {priority}, Warteschlange {queue}, aufgenommen {created}.",
        .assigned_to = "{assignee} arbeitet daran.",
        .no_such_ticket = "Ich kenne kein Ticket **#{number}** von Ihnen. `meine` zeigt Ihre offenen Tickets.",
        .mine_title = "Ihre offenen Tickets, das neueste zuerst:",
        .mine_none = "Sie haben keine offenen Tickets.",
        .not_filed = "⚠️ Noch nicht aufgenommen. Bitte ergänzen oder ändern:",
        .copy_format = "Bitte kopieren, vervollständigen und noch einmal an mich senden:",
        .not_stored = "⚠️ Ihre Nachricht konnte gerade **nicht** gespeichert werden; es wurde nichts aufgenommen. Bitte in einer Minute "
                      "noch einmal senden.",
        .uncertain = "⚠️ Das Speichern dauert ungewöhnlich lange; es ist **noch nicht sicher**, ob Ihre Meldung aufgenommen wurde. Bitte in "
                     "einer Minute `meine` schreiben; steht sie nicht dabei, bitte noch einmal senden.",
        .too_old = "⚠️ Diese Nachricht ist zu alt, um aufgenommen zu werden. Bitte noch einmal senden.",
        .missing = "**{field}** fehlt.",
        .empty = "**{field}** ist leer.",
        .too_long = "**{field}** ist zu lang: höchstens {limit} Zeichen.",
        .unknown_priority = "**{field}** kenne ich nicht: {given}. Möglich sind: {choices}.",
        .not_allowed = "**{field}** kann nicht {given} sein. Möglich sind: {choices}.",
        .control_characters = "**{field}** enthält Zeichen, die sich nicht darstellen lassen. Bitte neu eintippen.",
        .did_you_mean = "Meinten Sie **{suggestion}**?",
        .problem_hint = "was nicht geht, in einer Zeile",
        .description_hint = "was geschieht, wo, seit wann, was schon versucht wurde",
        .field_hint = "bitte ausfüllen",
        .optional_hint = "freiwillig",
        .status_names = {"neu", "zugewiesen", "in Arbeit", "wartend", "gelöst", "geschlossen", "zurückgezogen"},
    },
    {
        .language = "fr",
        .filed = "✅ Enregistré sous **#{number}** dans la file **{queue}**.",
        .filed_tip = "Priorité : {priority}. Pour suivre la demande, écrivez `status #{number}`.",
        .attached = "Les fichiers joints restent dans cette conversation : {files}.",
        .already_filed = "☑️ Déjà enregistré sous **#{number}** dans la file **{queue}** : le même texte vient d'arriver de votre part.",
        .help_title = "Pour obtenir de l'aide, copiez ce format, remplissez-le et envoyez-le-moi :",
        .help_commands = "Je réponds aussi à `status #1042` (une de vos demandes), `mes tickets` (vos demandes ouvertes) et `aide`.",
        .status_line = "**#{number}** {problem} : **{status}**, priorité {priority}, file {queue}, enregistré le {created}.",
        .assigned_to = "{assignee} s'en occupe.",
        .no_such_ticket = "Je ne connais pas de demande **#{number}** de votre part. `mes tickets` montre vos demandes ouvertes.",
        .mine_title = "Vos demandes ouvertes, la plus récente d'abord :",
        .mine_none = "Vous n'avez aucune demande ouverte.",
        .not_filed = "⚠️ Pas encore enregistré. Merci de corriger :",
        .copy_format = "Copiez ceci, complétez-le et renvoyez-le-moi :",
        .not_stored = "⚠️ Votre message n'a **pas** pu être enregistré ; rien n'a été créé. Merci de le renvoyer dans une minute.",
        .uncertain = "⚠️ L'enregistrement dure plus longtemps que d'habitude : il n'est **pas encore certain** que votre message soit créé. "
                     "Écrivez `mes tickets` dans une minute ; s'il n'y est pas, merci de le renvoyer.",
        .too_old = "⚠️ Ce message est trop ancien pour être enregistré. Merci de le renvoyer.",
        .missing = "**{field}** manque.",
        .empty = "**{field}** est vide.",
        .too_long = "**{field}** est trop long : {limit} caractères au maximum.",
        .unknown_priority = "**{field}** : je ne connais pas {given}. Choisissez parmi : {choices}.",
        .not_allowed = "**{field}** ne peut pas être {given}. Choisissez parmi : {choices}.",
        .control_characters = "**{field}** contient des caractères impossibles à afficher. Merci de le ressaisir.",
        .did_you_mean = "Vouliez-vous dire **{suggestion}** ?",
        .problem_hint = "ce qui ne va pas, en une ligne",
        .description_hint = "ce qui se passe, où, depuis quand, ce que vous avez essayé",
        .field_hint = "à remplir",
        .optional_hint = "facultatif",
        .status_names = {"nouveau", "attribué", "en cours", "en attente", "résolu", "fermé", "annulé"},
    },
    {
        .language = "es",
        .filed = "✅ Registrado como **#{number}** en la cola **{queue}**.",
        .filed_tip = "Prioridad: {priority}. Para ver su estado, escriba `status #{number}`.",
        .attached = "Los archivos adjuntos se quedan en este chat: {files}.",
        .already_filed = "☑️ Ya registrado como **#{number}** en la cola **{queue}**: el mismo texto acaba de llegar de usted.",
        .help_title = "Para recibir ayuda, copie este formato, complételo y envíemelo:",
        .help_commands = "También respondo a `status #1042` (uno de sus tickets), `mis tickets` (sus tickets abiertos) y `ayuda`.",
        .status_line = "**#{number}** {problem}: **{status}**, prioridad {priority}, cola {queue}, registrado {created}.",
        .assigned_to = "{assignee} está trabajando en ello.",
        .no_such_ticket = "No conozco ningún ticket **#{number}** suyo. `mis tickets` muestra sus tickets abiertos.",
        .mine_title = "Sus tickets abiertos, el más reciente primero:",
        .mine_none = "No tiene tickets abiertos.",
        .not_filed = "⚠️ Todavía no registrado. Por favor, corrija esto:",
        .copy_format = "Copie esto, complételo y envíemelo de nuevo:",
        .not_stored = "⚠️ Su mensaje **no** se pudo guardar; no se registró nada. Por favor, envíelo de nuevo en un minuto.",
        .uncertain = "⚠️ Guardar su mensaje tarda más de lo normal; **aún no es seguro** que se haya registrado. Escriba `mis tickets` en un "
                     "minuto; si no aparece, envíelo de nuevo, por favor.",
        .too_old = "⚠️ Este mensaje es demasiado antiguo para registrarlo. Por favor, envíelo de nuevo.",
        .missing = "Falta **{field}**.",
        .empty = "**{field}** está vacío.",
        .too_long = "**{field}** es demasiado largo: como máximo {limit} caracteres.",
        .unknown_priority = "**{field}**: no conozco {given}. Elija entre: {choices}.",
        .not_allowed = "**{field}** no puede ser {given}. Elija entre: {choices}.",
        .control_characters = "**{field}** contiene caracteres que no se pueden mostrar. Por favor, escríbalo de nuevo.",
        .did_you_mean = "¿Quiso decir **{suggestion}**?",
        .problem_hint = "qué falla, en una línea",
        .description_hint = "qué ocurre, dónde, desde cuándo, qué ha intentado",
        .field_hint = "por favor, complete",
        .optional_hint = "opcional",
        .status_names = {"nuevo", "asignado", "en curso", "pendiente", "resuelto", "cerrado", "cancelado"},
    },
}};

}  // namespace

const ReplyWords& words_of(std::string_view language) noexcept {
  for (const ReplyWords& words : kWords)
    if (words.language == language) return words;
  return kWords.front();
}

const std::array<ReplyWords, 4>& all_reply_words() noexcept { return kWords; }

}  // namespace pointsman
