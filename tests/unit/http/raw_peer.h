// A peer that speaks whatever octets a test wants: over a bare socket, or over TLS by OpenSSL's
// blocking calls.
#pragma once

#include "tests/unit/http/tls_files.h"

#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace hallmark::testing {

class RawPeer {
public:
    explicit RawPeer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{10, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        must(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                 0,
             "connect");
    }
    ~RawPeer() { ::close(descriptor_); }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    void say(std::string_view text) const {
        must(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) ==
                 static_cast<ssize_t>(text.size()),
             "send");
    }
    /// Until the other side closes.
    [[nodiscard]] std::string hear_all() const {
        std::string heard;
        std::array<char, 4096> octets{};
        while (true) {
            const ssize_t count = ::recv(descriptor_, octets.data(), octets.size(), 0);
            if (count <= 0) return heard;
            heard.append(octets.data(), static_cast<std::size_t>(count));
        }
    }
    /// Until `mark` was heard, or the other side closes.
    [[nodiscard]] std::string hear_until(std::string_view mark) const {
        std::string heard;
        char octet = 0;
        while (heard.find(mark) == std::string::npos && ::recv(descriptor_, &octet, 1, 0) == 1)
            heard += octet;
        return heard;
    }

private:
    int descriptor_;
};

class RawTlsPeer {
public:
    struct Options {
        int version = TLS1_3_VERSION;
        const Shown* credential = nullptr;
        std::string_view protocol = {};
    };
    RawTlsPeer(std::uint16_t port, const Options& options)
        : peer_(port), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_min_proto_version(context_.get(), options.version);
        SSL_CTX_set_max_proto_version(context_.get(), options.version);
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT);
        SSL_CTX_sess_set_new_cb(context_.get(), count_session);
        SSL_CTX_set_app_data(context_.get(), this);
        if (options.credential != nullptr) {
            const char* key = options.credential->key_file.c_str();
            must(SSL_CTX_use_certificate_chain_file(
                     context_.get(), options.credential->certificate_file.c_str()) == 1,
                 "certificate");
            must(SSL_CTX_use_PrivateKey_file(context_.get(), key, SSL_FILETYPE_PEM) == 1, "key");
        }
        connection_.reset(SSL_new(context_.get()));
        if (!options.protocol.empty()) {
            const std::string list =
                static_cast<char>(options.protocol.size()) + std::string(options.protocol);
            SSL_set_alpn_protos(connection_.get(),
                                reinterpret_cast<const unsigned char*>(list.data()),
                                static_cast<unsigned int>(list.size()));
        }
        SSL_set_fd(connection_.get(), peer_.descriptor());
        connected_ = SSL_connect(connection_.get()) == 1;
    }

    [[nodiscard]] bool connected() const noexcept { return connected_; }
    /// Sends and hears until the end; empty where the server would not talk.
    [[nodiscard]] std::string ask(std::string_view text) {
        std::string heard;
        if (SSL_write(connection_.get(), text.data(), static_cast<int>(text.size())) <= 0)
            return heard;
        std::array<char, 4096> octets{};
        while (true) {
            const int count =
                SSL_read(connection_.get(), octets.data(), static_cast<int>(octets.size()));
            if (count <= 0) return heard;
            heard.append(octets.data(), static_cast<std::size_t>(count));
        }
    }
    [[nodiscard]] int tickets() const noexcept { return tickets_; }
    [[nodiscard]] SSL* connection() const noexcept { return connection_.get(); }

private:
    static int count_session(SSL* connection, SSL_SESSION*) {
        ++static_cast<RawTlsPeer*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)))->tickets_;
        return 0;
    }
    RawPeer peer_;
    std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>> context_;
    std::unique_ptr<SSL, FreedBy<SSL_free>> connection_;
    bool connected_ = false;
    int tickets_ = 0;
};

}  // namespace hallmark::testing
