// SPDX-License-Identifier: Apache-2.0
#include "bench/texts.h"

#include <array>
#include <string_view>

namespace pointsman::bench {
namespace {

struct Subject {
  std::string_view thing;
  const char* category;
};
constexpr std::array<Subject, 16> kSubjects{{{"Printer", "printing"},       {"Laptop", "hardware"},      {"Docking station", "hardware"},
                                             {"Outlook", "mail"},           {"VPN", "network"},          {"Shared drive", "storage"},
                                             {"Password", "access"},        {"Phone", "telephony"},      {"Monitor", "hardware"},
                                             {"SAP", "applications"},       {"Wireless", "network"},     {"Badge reader", "facilities"},
                                             {"Teams meeting", "software"}, {"Two-factor code", "access"}, {"Scanner", "printing"},
                                             {"Database", "applications"}}};
constexpr std::array<std::string_view, 12> kSymptoms{"does not start", "is very slow since this morning", "shows an error",
                                                     "keeps asking for credentials", "has stopped working", "loses its connection",
                                                     "cannot be reached", "freezes after login", "is missing after the update",
                                                     "makes a strange noise", "was locked", "needs to be replaced"};
constexpr std::array<std::string_view, 10> kPlaces{"Hamburg", "Wroclaw", "Lyon", "Porto", "Dublin", "Graz", "Aarhus", "Ghent", "Tartu", "Bilbao"};
constexpr std::array<std::string_view, 12> kTried{"I restarted it twice and the problem is still there.",
                                                  "A colleague next to me has the same problem.",
                                                  "It worked yesterday; nothing was changed on our side.",
                                                  "The error code is on the display, a photo is attached.",
                                                  "We have a customer visit at noon, please help soon.",
                                                  "No rush, I can work from another desk meanwhile.",
                                                  "The cable was checked and the switch port was changed.",
                                                  "It happens about every ten minutes.",
                                                  "Only the web version works, the client does not.",
                                                  "Please call me before you come, I am in meetings.",
                                                  "The whole accounting department is waiting for this.",
                                                  "I am a new starter and have no second account."};
constexpr std::array<std::string_view, 16> kFirst{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Margaret", "Ken",
                                                  "Radia", "Dennis", "Frances", "Niklaus", "Hedy", "Tim", "Karen", "Tony"};
constexpr std::array<std::string_view, 16> kLast{"Marsh", "Green", "Weaver", "Lindholm", "Okafor", "Petit", "Novak", "Silva",
                                                 "Brandt", "Kowalski", "Murphy", "Jensen", "Peeters", "Tamm", "Etxeberria", "Huber"};

// splitmix64: spreads a counter evenly.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

template <class Array>
const auto& pick(const Array& from, std::uint64_t& random) {
  const auto& picked = from[random % from.size()];
  random /= from.size();
  return picked;
}

const char* priority_of(std::uint64_t in_ten) { return in_ten == 0 ? "high" : in_ten <= 5 ? "medium" : "low"; }

}  // namespace

Report make_report(std::uint64_t number) {
  std::uint64_t random = mix(number);
  const Subject& subject = pick(kSubjects, random);
  Report report;
  report.category = subject.category;
  report.problem = subject.thing;
  report.problem += ' ';
  report.problem += pick(kSymptoms, random);
  report.problem += " (asset ";
  report.problem += std::to_string(number);
  report.problem += ')';
  report.description = "In ";
  report.description += pick(kPlaces, random);
  report.description += ", floor ";
  report.description += std::to_string(random % 12);
  random /= 12;
  report.description += ", room ";
  report.description += std::to_string(random % 900 + 100);
  random /= 900;
  // Two words that half of all reports have, and none has both.
  report.description += random % 2 == 0 ? ", east wing. " : ", west wing. ";
  random /= 2;
  report.description += pick(kTried, random);
  report.description += ' ';
  report.description += pick(kTried, random);
  report.priority = priority_of(random % 10);
  return report;
}

std::string person_name(std::uint64_t number) {
  std::uint64_t random = mix(number);
  std::string name{pick(kLast, random)};
  name += ", ";
  name += pick(kFirst, random);
  return name;
}

}  // namespace pointsman::bench
