// A real server with one door on loopback, and what it told its hooks.
#pragma once

#include "server/client/client.h"
#include "server/http/server.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/http/tls_files.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace hallmark::testing {

/// Made once for the program: three keys take a while under a sanitizer.
struct Credentials {
    TempDir folder;
    Shown server = make_credential(folder.path(), {.name = "server"});
    Shown station = make_credential(folder.path(), {.name = "station"});
    Shown other =
        make_credential(folder.path(), {.name = "other", .names = "IP:127.0.0.2,DNS:elsewhere"});
};

inline const Credentials& credentials() {
    static const Credentials made;
    return made;
}

struct Told {
    struct Fault {
        std::string request_id;
        std::string what;
    };
    struct Note {
        std::string method;
        std::string route;
        int status;
    };
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<Fault> faults;
    std::vector<Note> notes;
    std::vector<std::string> drops;

    HttpHooks hooks() {
        HttpHooks made;
        made.on_fault = [this](std::string_view id, std::string_view what) {
            const std::lock_guard lock(mutex);
            faults.push_back({std::string(id), std::string(what)});
        };
        made.on_request = [this](const RequestNote& note) {
            const std::lock_guard lock(mutex);
            notes.push_back({std::string(note.method), std::string(note.route), note.status});
            changed.notify_all();
        };
        made.on_drop = [this](std::string_view, std::string_view cause) {
            const std::lock_guard lock(mutex);
            drops.emplace_back(cause);
            changed.notify_all();
        };
        return made;
    }
    /// The note comes after the answer: waits for the `count`th.
    Note note(std::size_t count) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(10), [&] { return notes.size() >= count; });
        return notes.at(count - 1);
    }
    std::string drop() {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(10), [&] { return !drops.empty(); });
        return drops.empty() ? "none" : drops.front();
    }
};

/// A gate that handlers wait at until the test opens it.
class Turnstile {
public:
    void enter() {
        std::unique_lock lock(mutex_);
        ++inside_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return inside_ >= count; });
    }
    void release() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t inside_ = 0;
    bool open_ = false;
};

class OpenDoor {
public:
    explicit OpenDoor(DoorOptions options, std::size_t seats = 4)
        : server_({.threads = 2, .seats = seats, .hooks = told_.hooks()}),
          door_(server_.open(std::move(options))) {
        server_.start();
    }

    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
        return "https://" + host + ":" + std::to_string(door_.port());
    }
    [[nodiscard]] ClientOptions client_options() const {
        ClientOptions options;
        options.url = url();
        options.ca_file = credentials().server.certificate_file;
        options.credential_file = credentials().station.certificate_file;
        options.key_file = credentials().station.key_file;
        options.timeout = std::chrono::seconds(10);
        return options;
    }
    [[nodiscard]] HttpsClient client() const { return HttpsClient(client_options()); }
    HttpServer& server() { return server_; }
    Door& door() { return door_; }
    Told& told() { return told_; }

private:
    Told told_;
    HttpServer server_;
    Door& door_;
};

inline DoorOptions tls_door(std::vector<Route> routes) {
    DoorOptions options;
    options.name = "factory";
    options.tls = TlsOptions{credentials().server.certificate_file, credentials().server.key_file};
    options.client_certificate = true;
    options.routes = std::move(routes);
    return options;
}

inline DoorOptions plain_door(std::vector<Route> routes) {
    DoorOptions options;
    options.name = "public";
    options.routes = std::move(routes);
    return options;
}

inline HttpAnswer text_answer(std::string body) {
    HttpAnswer answer;
    answer.content_type = "text/plain";
    answer.body = std::move(body);
    return answer;
}

}  // namespace hallmark::testing
