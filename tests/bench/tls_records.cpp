#include "tests/bench/tls_records.h"

#include "ca/crypto/certificate.h"
#include "tests/e2e/groundwork.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hallmark::testing {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using ConnectionPtr = std::unique_ptr<SSL, void (*)(SSL*)>;

struct Sockets {
    int client = -1, server = -1;
};

Sockets connected() {
    const int door = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(door, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(door, 1) != 0 ||
        getsockname(door, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no loopback socket");
    Sockets made;
    made.client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(made.client, reinterpret_cast<sockaddr*>(&address), size) != 0)
        throw std::runtime_error("no loopback connection");
    made.server = accept(door, nullptr, nullptr);
    close(door);
    const int on = 1;
    for (const int end : {made.client, made.server}) {
        setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        fcntl(end, F_SETFL, O_NONBLOCK);
    }
    return made;
}

ContextPtr context_with(const Badge& badge, const std::string& ca) {
    ContextPtr context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(context.get(), 0);
    if (SSL_CTX_use_certificate_chain_file(context.get(), badge.certificate_file.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), badge.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("no credential");
    if (!ca.empty()) SSL_CTX_load_verify_file(context.get(), ca.c_str());
    return context;
}

class Line {
public:
    Line() {
        SSL_set_fd(client_.get(), sockets_.client);
        SSL_set_fd(server_.get(), sockets_.server);
        SSL_set_connect_state(client_.get());
        SSL_set_accept_state(server_.get());
        for (int turns = 0;
             !SSL_is_init_finished(client_.get()) || !SSL_is_init_finished(server_.get());
             ++turns) {
            if (turns > 10'000) throw std::runtime_error("no TLS handshake");
            SSL_do_handshake(client_.get());
            SSL_do_handshake(server_.get());
        }
    }
    ~Line() {
        close(sockets_.client);
        close(sockets_.server);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    void exchange(const Exchange& sizes) {
        pass(client_.get(), server_.get(), sizes.asked);
        pass(server_.get(), client_.get(), sizes.given);
    }

private:
    void pass(SSL* from, SSL* to, std::size_t octets) {
        if (SSL_write(from, octets_.data(), static_cast<int>(octets)) <= 0)
            throw std::runtime_error("SSL_write");
        std::size_t left = octets;
        while (left > 0) {
            const int read = SSL_read(to, octets_.data(), static_cast<int>(octets_.size()));
            if (read > 0) {
                left -= static_cast<std::size_t>(read);
            } else if (SSL_get_error(to, read) != SSL_ERROR_WANT_READ) {
                throw std::runtime_error("SSL_read");
            }
        }
    }

    const Groundwork& ground_ = Groundwork::laid();
    ContextPtr client_context_ = context_with(ground_.station_1, {});
    ContextPtr server_context_ = context_with(ground_.doors, {});
    ConnectionPtr client_{SSL_new(client_context_.get()), SSL_free};
    ConnectionPtr server_{SSL_new(server_context_.get()), SSL_free};
    Sockets sockets_ = connected();
    std::array<char, 16 * 1024> octets_{};
};

}  // namespace

Act tls_exchange(const std::vector<Exchange>& exchanges) {
    const auto line = std::make_shared<Line>();
    return [line, exchanges] {
        for (const Exchange& each : exchanges)
            line->exchange(each);
    };
}

}  // namespace hallmark::testing
