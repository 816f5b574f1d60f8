// Writes down what callers ask a running house and what it answers, a JSON object a line, for
// tests/openapi/run to hold against the document. Judges nothing.
#pragma once

#include "ca/domain/bytes.h"
#include "server/client/client.h"
#include "tests/unit/http/raw_peer.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <boost/json.hpp>

namespace hallmark::testing {

struct Question {
    std::string method = "GET";
    std::string target;
    std::string body = {};
    std::string type = "application/json";
};

class ExchangeLog {
public:
    explicit ExchangeLog(std::filesystem::path file) : file_(std::move(file)), out_(file_) {
        if (!out_) throw std::runtime_error("cannot write " + file_.string());
    }

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    using Fields = std::vector<std::pair<std::string, std::string>>;
    void note(const std::string& door, const Question& asked, const Fields& headers,
              const ClientAnswer& answer) {
        const auto mark = asked.target.find('?');
        boost::json::object line{
            {"door", door},
            {"method", asked.method},
            {"path", asked.target.substr(0, mark)},
            {"query", mark == std::string::npos ? "" : asked.target.substr(mark + 1)},
            {"request_headers", object_of(headers)},
            {"status", answer.status},
            {"content_type", answer.header("content-type")},
            {"headers", object_of(answer.headers)}};
        if (!asked.body.empty()) {
            line.emplace("request_type", asked.type);
            line.emplace("request_body", asked.body);
        }
        if (answer.header("content-type").find("json") != std::string_view::npos)
            line.emplace("body", answer.body);
        else
            line.emplace("body_base64", to_base64(as_bytes(answer.body)));
        out_ << line << '\n' << std::flush;
        ++count_;
    }

private:
    static boost::json::object object_of(const Fields& fields) {
        boost::json::object object;
        for (const auto& [name, value] : fields)
            object.insert_or_assign(name, value);
        return object;
    }

    std::filesystem::path file_;
    std::ofstream out_;
    std::size_t count_ = 0;
};

/// A caller of one TLS door whose every exchange is written down.
class RecordedCaller {
public:
    RecordedCaller(ExchangeLog& log, std::string door, ClientOptions options)
        : log_(&log),
          door_(std::move(door)),
          headers_(options.headers),
          client_(std::move(options)) {}

    ClientAnswer ask(const Question& question) {
        ClientAnswer answer =
            client_.request(question.method, question.target, question.body, question.type);
        log_->note(door_, question, headers_, answer);
        return answer;
    }
    int get(const std::string& target) { return ask({.target = target}).status; }
    int post(const std::string& target, const std::string& body = "") {
        return ask({.method = "POST", .target = target, .body = body}).status;
    }
    int post(const std::string& target, const boost::json::object& body) {
        return post(target, boost::json::serialize(body));
    }

private:
    ExchangeLog* log_;
    std::string door_;
    ExchangeLog::Fields headers_;
    HttpsClient client_;
};

/// An answer as it came over a bare socket that then closed.
inline ClientAnswer answer_in(const std::string& heard) {
    const auto end = heard.find("\r\n\r\n");
    if (end == std::string::npos) throw std::runtime_error("no answer: " + heard);
    ClientAnswer answer;
    answer.status = std::stoi(heard.substr(heard.find(' ') + 1, 3));
    for (auto at = heard.find("\r\n") + 2; at < end + 2;) {
        const auto stop = heard.find("\r\n", at);
        const auto colon = heard.find(':', at);
        std::string name = heard.substr(at, colon - at);
        for (char& c : name)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        answer.headers.emplace_back(name, heard.substr(colon + 2, stop - colon - 2));
        at = stop + 2;
    }
    answer.body = heard.substr(end + 4);
    return answer;
}

/// One exchange with a door that speaks HTTP, over a connection of its own.
inline ClientAnswer ask_plainly(ExchangeLog& log, const std::string& door, std::uint16_t port,
                                const Question& question) {
    const RawPeer peer(port);
    peer.say(question.method + " " + question.target +
             " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    ClientAnswer answer = answer_in(peer.hear_all());
    log.note(door, question, {}, answer);
    return answer;
}

}  // namespace hallmark::testing
