#include "server/manifest_command.h"

#include "ca/crypto/certificate.h"
#include "ca/domain/fault.h"
#include "ca/json/json.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <thread>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds look_again_after{250};
constexpr std::uintmax_t most_signature_octets = 256 * 1024;

/// The detached signature as it stands before the document: one PEM block, whatever the file holds.
std::string signature_block(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Fault("cannot read " + file);
    if (std::filesystem::file_size(file) > most_signature_octets)
        throw Fault(file + " is too large for a signature");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (const char* label : {"CMS", "PKCS7"}) {
        const auto blocks = parse_pem(text, label, 2);
        if (blocks && blocks->size() == 1) return to_pem(blocks->front(), "CMS");
    }
    return to_pem(as_bytes(text), "CMS");
}

/// What is sent: the signature where there is one, and the file behind it.
class Sent {
public:
    explicit Sent(const ManifestImport& import)
        : head_(import.signature.empty() ? "" : signature_block(import.signature)),
          file_(import.file, std::ios::binary) {
        if (!file_) throw Fault("cannot read " + import.file);
        octets_ = head_.size() + std::filesystem::file_size(import.file);
    }
    [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
    std::size_t read(char* into, std::size_t most) {
        if (head_.empty()) {
            file_.read(into, static_cast<std::streamsize>(most));
            return static_cast<std::size_t>(file_.gcount());
        }
        const std::size_t count = head_.copy(into, most);
        head_.erase(0, count);
        return count;
    }

private:
    std::string head_;
    std::ifstream file_;
    std::uint64_t octets_ = 0;
};

/// One line on a terminal, written over and over.
class ProgressLine {
public:
    ProgressLine(bool is_shown, std::ostream& out) : is_shown_(is_shown), out_(out) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void say(const std::string& text) {
        if (!is_shown_) return;
        out_ << "\r\033[K" << text << std::flush;
        is_dirty_ = true;
    }
    void clear() {
        if (is_dirty_) out_ << "\r\033[K" << std::flush;
        is_dirty_ = false;
    }

private:
    const bool is_shown_;
    bool is_dirty_ = false;
    std::ostream& out_;
};

std::string percent(std::uint64_t part, std::uint64_t whole) {
    return std::to_string(whole == 0 ? 100 : part * 100 / whole) + " %";
}

ClientAnswer send(HttpsClient& client, const ManifestImport& import, ProgressLine& progress) {
    Sent sent(import);
    std::uint64_t gone = 0;
    const std::string target = "/v1/manifests?vendor=" + segment(import.vendor) +
                               "&lot=" + segment(import.lot) + "&format=" + segment(import.format);
    return client.upload(target,
                         {.octets = sent.octets(), .read = [&](char* into, std::size_t most) {
                              const std::size_t count = sent.read(into, most);
                              gone += count;
                              progress.say("sent " + percent(gone, sent.octets()));
                              return count;
                          }});
}

json::object object_in(const std::string& body) {
    auto value = parse_json(body);
    if (!value || !value->is_object()) throw Fault("the server's answer is no JSON object");
    return std::move(value->get_object());
}

std::string text_in(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    if (member == nullptr || !member->is_string())
        throw Fault("the server's answer lacks " + std::string(name));
    return std::string(member->get_string());
}

std::uint64_t number_in(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const std::int64_t* number = member ? member->if_int64() : nullptr;
    if (number == nullptr || *number < 0)
        throw Fault("the server's answer lacks " + std::string(name));
    return static_cast<std::uint64_t>(*number);
}

/// The job as it ended.
ClientAnswer await_end(HttpsClient& client, const std::string& job, ProgressLine& progress) {
    while (true) {
        ClientAnswer answer = client.request("GET", "/v1/jobs/" + segment(job));
        if (answer.status != 200) return answer;
        const json::object told = object_in(answer.body);
        const std::string state = text_in(told, "state");
        if (state != "queued" && state != "running") return answer;
        progress.say(state + ", verified " + std::to_string(number_in(told, "units_verified")) +
                     " units, " +
                     percent(number_in(told, "octets_read"), number_in(told, "octets")));
        std::this_thread::sleep_for(look_again_after);
    }
}

int tell_end(const OfficeAccess& access, const ClientAnswer& answer, std::ostream& out,
             std::ostream& err) {
    if (answer.status != 200) return tell_answer(access, answer, out, err);
    const json::object told = object_in(answer.body);
    const std::string state = text_in(told, "state");
    const json::value* problem = told.if_contains("problem");
    const json::value* result = told.if_contains("result");
    if (problem != nullptr && problem->is_object()) {
        ClientAnswer refused;
        refused.status = static_cast<int>(number_in(problem->get_object(), "status"));
        refused.body = json::serialize(*problem) + "\n";
        (void)tell_answer(access, refused, out, err);
        return 3;
    }
    if (result != nullptr && result->is_object()) {
        ClientAnswer done;
        done.status = 200;
        done.body = access.json ? answer.body : json::serialize(*result) + "\n";
        return tell_answer(access, done, out, err);
    }
    if (access.json)
        err << answer.body;
    else
        err << "hallmark: the import was interrupted (job " << text_in(told, "job")
            << "); nothing of it was taken\n";
    return 1;
}

}  // namespace

int import_manifest_file(const OfficeAccess& access, const ManifestImport& import,
                         std::ostream& out, std::ostream& err) {
    if (!can_ask(access.at, err)) return 2;
    HttpsClient client = office_client(access.at);
    ProgressLine progress(import.shows_progress, err);
    const ClientAnswer taken = send(client, import, progress);
    progress.clear();
    if (taken.status != 202 || import.no_wait) return tell_answer(access, taken, out, err);
    const std::string job = text_in(object_in(taken.body), "job");
    const ClientAnswer ended = await_end(client, job, progress);
    progress.clear();
    return tell_end(access, ended, out, err);
}

}  // namespace hallmark
