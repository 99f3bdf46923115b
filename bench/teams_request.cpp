// SPDX-License-Identifier: Apache-2.0
#include "bench/teams_request.h"

#include <chrono>

#include <fmt/format.h>

#include "base/clock.h"
#include "bench/texts.h"

namespace pointsman::bench {
namespace {

constexpr std::size_t kTypicalRequest = 2'300;  // bytes

std::string capitalised(std::string_view word) {
  std::string out{word};
  out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

// An Activity with the members, and about the length, that Teams' own have.
std::string activity(std::uint64_t run, std::uint64_t number, Instant now) {
  const Report report = make_report(run * 100'000'000 + number);
  const std::string priority = capitalised(report.priority);
  const std::uint64_t sender = number % kSenders;
  const std::string time = format_rfc3339(now);
  const std::int64_t id = to_unix_ms(now) + static_cast<std::int64_t>(number);
  const std::string channel = fmt::format("19:{:016x}{:016x}@thread.tacv2", run, run * 0x9e3779b97f4a7c15);
  return fmt::format(
      R"({{"type":"message","id":"{id}","timestamp":"{time}","localTimestamp":"{time}","serviceUrl":"https://smba.trafficmanager.net/emea/",)"
      R"("channelId":"msteams","from":{{"id":"29:1{sender:06}xLqkxGyBOzTAYeD0pCj4PBgXjfVnNM2fKdZbTrLWcUqHsoE3aMiR7vQJ9kFw","name":"{name}",)"
      R"("aadObjectId":"7e1edeed-cdb7-4ba2-878a-{sender:012x}"}},"conversation":{{"isGroup":true,"id":"{channel};messageid={id}","name":null,)"
      R"("conversationType":"channel","tenantId":"4dadcc9b-7426-4d7b-8488-3ed1544ec1f8"}},"recipient":null,"textFormat":"plain",)"
      R"("attachmentLayout":null,"membersAdded":[],"membersRemoved":[],"topicName":null,"historyDisclosed":null,"locale":null,)"
      R"("text":"<at>Helpdesk</at>\u00a0Problem: {problem} Priority: {priority} Description: {description}\n","speak":null,"inputHint":null,)"
      R"("summary":null,"suggestedActions":null,"attachments":[{{"contentType":"text/html","contentUrl":null,"content":)"
      R"("<div><div><span itemscope=\"\" itemtype=\"http://schema.skype.com/Mention\" itemid=\"0\">Helpdesk</span>&nbsp;</div>\n)"
      R"(<div>Problem: {problem}</div>\n<div>Priority: {priority}</div>\n<div>Description: {description}</div>\n</div>","name":null,)"
      R"("thumbnailUrl":null}}],"entities":[{{"type":"clientInfo","locale":"en-GB","country":"GB","platform":"Windows"}}],)"
      R"("channelData":{{"teamsChannelId":"{channel}","teamsTeamId":"{channel}","channel":{{"id":"{channel}"}},"team":{{"id":"{channel}"}},)"
      R"("tenant":{{"id":"4dadcc9b-7426-4d7b-8488-3ed1544ec1f8"}}}},"action":null,"replyToId":null,"value":null,"name":null,)"
      R"("relatesTo":null,"code":null}})",
      fmt::arg("id", id), fmt::arg("time", time), fmt::arg("sender", sender), fmt::arg("name", person_name(sender)),
      fmt::arg("channel", channel), fmt::arg("problem", report.problem), fmt::arg("priority", priority),
      fmt::arg("description", report.description));
}

}  // namespace

Requests make_teams_requests(std::size_t count, std::uint64_t run, const std::string& path, const teams::WebhookKey& key) {
  Requests requests;
  requests.reserve(count, kTypicalRequest);
  const Instant now = SystemClock{}.now();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string body = activity(run, i, now);
    requests.add(fmt::format("POST {} HTTP/1.1\r\nHost: helpdesk.example.org\r\nUser-Agent: Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)\r\n"
                             "Content-Type: application/json; charset=utf-8\r\nAuthorization: {}\r\nContent-Length: {}\r\n\r\n{}",
                             path, key.sign(body), body.size(), body));
  }
  return requests;
}

Requests make_get_requests(const std::vector<std::string>& paths, const std::string& token) {
  Requests requests;
  for (const std::string& path : paths)
    requests.add(fmt::format("GET {} HTTP/1.1\r\nHost: helpdesk.example.org\r\nAuthorization: Bearer {}\r\n\r\n", path, token));
  return requests;
}

}  // namespace pointsman::bench
