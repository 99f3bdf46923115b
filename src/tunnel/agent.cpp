// SPDX-License-Identifier: Apache-2.0
#include "tunnel/agent.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

namespace pointsman::tunnel {

std::string_view name(AgentKind kind) noexcept { return kind == AgentKind::kNgrok ? "ngrok" : "cloudflared"; }

std::optional<AgentKind> agent_kind(std::string_view name) noexcept {
  if (name == "ngrok") return AgentKind::kNgrok;
  if (name == "cloudflared") return AgentKind::kCloudflared;
  return std::nullopt;
}

std::optional<std::string> upstream_host(std::string_view address) {
  if (address == "localhost" || address == "0.0.0.0") return "127.0.0.1";
  if (address.starts_with("127.")) return std::string(address);
  if (address == "::1" || address == "::") return "[::1]";
  return std::nullopt;
}

std::vector<std::string> arguments(AgentKind kind, const Upstream& upstream, const std::string& url,
                                   std::uint16_t metrics_port) {
  const std::string address = fmt::format("http://{}:{}", upstream.host, upstream.port);
  if (kind == AgentKind::kCloudflared)
    return {"tunnel", "--url", address, "--metrics", fmt::format("127.0.0.1:{}", metrics_port)};
  const std::string target = upstream.host == "127.0.0.1" ? std::to_string(upstream.port) : address;
  std::vector<std::string> made{"http", target, "--log", "stdout", "--log-format", "json"};
  if (!url.empty()) made.insert(made.end(), {"--url", url});
  return made;
}

std::vector<std::string> agent_environment(const std::vector<std::string>& ours) {
  std::vector<std::string> made;
  std::copy_if(ours.begin(), ours.end(), std::back_inserter(made),
               [](const std::string& v) { return !v.starts_with("POINTSMAN_"); });
  return made;
}

std::string find_program(std::string_view name, std::string_view path) {
  while (!path.empty()) {
    const std::size_t colon = std::min(path.find(':'), path.size());
    const std::string_view folder = path.substr(0, colon);
    const std::string candidate = fmt::format("{}/{}", folder, name);
    std::error_code ignored;  // not there, or not ours to see: the next one
    if (!folder.empty() && std::filesystem::is_regular_file(candidate, ignored) && access(candidate.c_str(), X_OK) == 0)
      return candidate;
    path.remove_prefix(std::min(colon + 1, path.size()));
  }
  return {};
}

std::optional<Version> read_version(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == text.npos) return std::nullopt;
  text.remove_prefix(first);
  int numbers[3] = {0, 0, 0};
  int found = 0;
  for (; found < 3; ++found) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), numbers[found]);
    if (failed != std::errc{}) break;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('.')) {
      ++found;
      break;
    }
    text.remove_prefix(1);
  }
  if (found < 2) return std::nullopt;
  return Version{numbers[0], numbers[1], numbers[2]};
}

std::string to_text(const Version& version) {
  return fmt::format("{}.{}.{}", version.major_number, version.minor_number, version.patch);
}

}  // namespace pointsman::tunnel
