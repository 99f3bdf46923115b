// SPDX-License-Identifier: Apache-2.0
#include "net/connections.h"

#include "net/networks.h"

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
      open_(metrics.gauge("pointsman_http_connections", "Open connections.")) {}

Connections::Room Connections::room_for(const boost::asio::ip::address& peer, bool exempt) const {
  if (counted_ >= most_) return Room::kFull;
  if (exempt || most_per_address_ == 0) return Room::kYes;
  const auto at = per_address_.find(counted_as(peer));
  return at == per_address_.end() || at->second < most_per_address_ ? Room::kYes : Room::kFullForAddress;
}

Connections::Place::Place(std::shared_ptr<Connections> all, boost::asio::ip::tcp::socket& socket, bool counted) : all_(std::move(all)) {
  boost::system::error_code failed;  // whoever is gone already has no address; its first read will say so
  const auto peer = socket.remote_endpoint(failed).address();
  all_->all_.emplace_back();
  at_ = std::prev(all_->all_.end());
  at_->socket = &socket;
  at_->peer = plain(peer);
  at_->counted = counted;
  if (!counted) return;
  ++all_->counted_;
  ++all_->per_address_[counted_as(peer)];
  all_->open_.set(static_cast<std::int64_t>(all_->counted_));
}

Connections::Place::~Place() {
  if (at_->counted) {
    const auto count = all_->per_address_.find(counted_as(at_->peer));
    if (--count->second == 0) all_->per_address_.erase(count);
    --all_->counted_;
    all_->open_.set(static_cast<std::int64_t>(all_->counted_));
  }
  all_->all_.erase(at_);
}

void Connections::wake_expired(Steady::time_point now) {
  for (Connection& connection : all_) {
    if (connection.deadline > now || connection.expired) continue;
    connection.expired = true;
    boost::system::error_code ignored;  // of a socket that is gone there is nothing to cancel
    if (connection.waits_for == Wait::kHeader || connection.waits_for == Wait::kBody) connection.socket->cancel(ignored);
    else close(connection);
  }
}

void Connections::close_idle() {
  for (Connection& connection : all_)
    if (connection.waits_for == Wait::kIdle || connection.waits_for == Wait::kHandshake) close(connection);
}

void Connections::close_all() {
  for (Connection& connection : all_) close(connection);
}

}  // namespace pointsman::http
