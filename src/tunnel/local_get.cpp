// SPDX-License-Identifier: Apache-2.0
#include "tunnel/local_get.h"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace pointsman::tunnel {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = net::ip::tcp;

constexpr std::uint32_t kMostHeader = 16 * 1024;  // bytes

auto awaiting(error_code& failed) { return net::redirect_error(net::use_awaitable, failed); }

tcp::endpoint endpoint(Interface at) {
  const net::ip::address loopback = at.v6 ? net::ip::address(net::ip::address_v6::loopback()) : net::ip::address_v4::loopback();
  return {loopback, at.port};
}

Error error_of(const error_code& failed, Interface at) {
  const std::string where = fmt::format("its local interface at {}:{}", at.v6 ? "[::1]" : "127.0.0.1", at.port);
  if (failed == beast::error::timeout) return {Errc::kTimeout, where + " does not answer in time", {}};
  if (failed == http::error::body_limit || failed == http::error::header_limit || failed == http::error::buffer_overflow)
    return {Errc::kFull, where + " answers without end", {}};
  if (failed.category() == http::make_error_code(http::error::end_of_stream).category())
    return {Errc::kInvalid, where + " does not speak HTTP", {}};
  return {Errc::kUnavailable, where + " does not answer", {}};
}

}  // namespace

net::awaitable<Result<LocalAnswer>> local_get(net::io_context& io, Interface at, std::string path) {
  beast::tcp_stream stream(io);
  stream.expires_after(kAnswerWithin);  // for all of it
  error_code failed;
  co_await stream.async_connect(endpoint(at), awaiting(failed));
  if (failed) co_return fail(error_of(failed, at));
  http::request<http::empty_body> request(http::verb::get, path, 11);
  request.set(http::field::host, fmt::format("{}:{}", at.v6 ? "[::1]" : "127.0.0.1", at.port));
  request.set(http::field::accept, "application/json");
  request.set(http::field::connection, "close");
  co_await http::async_write(stream, request, awaiting(failed));
  if (failed) co_return fail(error_of(failed, at));
  beast::flat_buffer buffer(kMostAnswer + kMostHeader);
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMostAnswer);
  parser.header_limit(kMostHeader);
  co_await http::async_read(stream, buffer, parser, awaiting(failed));
  if (failed) co_return fail(error_of(failed, at));
  co_return LocalAnswer{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

std::uint16_t free_port(net::io_context& io) {
  error_code failed;
  tcp::acceptor probe(io);
  probe.open(tcp::v4(), failed);
  if (!failed) probe.bind(endpoint({false, 0}), failed);
  return failed ? std::uint16_t{0} : probe.local_endpoint(failed).port();
}

}  // namespace pointsman::tunnel
