// SPDX-License-Identifier: Apache-2.0
//
// tests/support/http_client.h: the plain, blocking other end of a loopback connection, for tests that send bytes as they want them.
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace pointsman::test {

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  }

  void send(std::string_view bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }

  // One answer with its header and body; what there was when the other side closed first.
  std::string receive() {
    for (;;) {
      const std::size_t header = came_.find("\r\n\r\n");
      if (header != came_.npos) {
        const std::size_t at = came_.find("Content-Length: ");
        const std::size_t length = at < header ? std::stoul(came_.substr(at + 16)) : 0;
        if (came_.size() >= header + 4 + length) {
          const std::string answer = came_.substr(0, header + 4 + length);
          came_.erase(0, answer.size());
          return answer;
        }
      }
      if (!read_some()) return std::exchange(came_, {});
    }
  }

  // Everything until the other side closes.
  std::string receive_all() {
    while (read_some()) {
    }
    return std::exchange(came_, {});
  }

  void close() { socket_.close(); }

 private:
  bool read_some() {
    char buffer[4096];
    boost::system::error_code failed;  // the end, or a reset: there is no more either way
    const std::size_t n = socket_.read_some(boost::asio::buffer(buffer), failed);
    came_.append(buffer, n);
    return !failed;
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string came_;
};

}  // namespace pointsman::test
