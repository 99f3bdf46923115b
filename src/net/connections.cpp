// SPDX-License-Identifier: Apache-2.0
#include "net/connections.h"

namespace pointsman::http {
namespace {

void close(Connection& connection) {
  boost::system::error_code ignored;  // closing what the other side closed already is no failure
  connection.socket->close(ignored);
}

}  // namespace

void count_refusal(Metrics& metrics, std::string_view reason) {
  metrics.counter("pointsman_http_refused_total", "Requests and connections refused by a limit or a rule of HTTP, by reason.",
                  {{"reason", std::string(reason)}})
      .add();
}

Connections::Connections(std::size_t most, std::size_t most_per_address, Metrics& metrics)
    : most_(most),
      most_per_address_(most_per_address),
      metrics_(metrics),
      open_(metrics.gauge("pointsman_http_connections", "Open connections.")) {}

bool Connections::may_add(const boost::asio::ip::address& peer, bool exempt) const {
  if (all_.size() >= most_) return false;
  if (exempt || most_per_address_ == 0) return true;
  const auto at = per_address_.find(peer.to_string());
  return at == per_address_.end() || at->second < most_per_address_;
}

Connection& Connections::add(boost::asio::ip::tcp::socket& socket, const boost::asio::ip::address& peer) {
  Connection& connection = all_.emplace_back();
  connection.socket = &socket;
  connection.peer = peer;
  places_.emplace(&connection, std::prev(all_.end()));
  ++per_address_[peer.to_string()];
  open_.set(static_cast<std::int64_t>(all_.size()));
  return connection;
}

void Connections::remove(Connection& connection) {
  const auto count = per_address_.find(connection.peer.to_string());
  if (count != per_address_.end() && --count->second == 0) per_address_.erase(count);
  const auto place = places_.find(&connection);
  all_.erase(place->second);
  places_.erase(place);
  open_.set(static_cast<std::int64_t>(all_.size()));
}

void Connections::close_expired(Steady::time_point now) {
  for (Connection& connection : all_) {
    if (connection.deadline > now || connection.expired) continue;
    connection.expired = true;
    count_refusal(metrics_, std::string("timeout_") + connection.waiting_for);
    close(connection);
  }
}

void Connections::close_idle() {
  for (Connection& connection : all_)
    if (!connection.busy) close(connection);
}

void Connections::close_all() {
  for (Connection& connection : all_) close(connection);
}

}  // namespace pointsman::http
