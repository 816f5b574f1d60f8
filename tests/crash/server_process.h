// A node as the world has it: `hallmark serve` as a process of its own, started, killed and started
// again. Every start is given a fresh copy of the token: SoftHSM rewrites its files at each login,
// and a kill at that moment would lose the keys instead of testing the server.
#pragma once

#include "server/client/client.h"
#include "tests/e2e/groundwork.h"
#include "tests/support/softhsm.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/http/raw_peer.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

namespace hallmark::testing {

/// Starts a program that ends with this thread; both its outputs go to the file.
inline pid_t start_program(std::vector<std::string> words, const std::filesystem::path& output) {
    words.insert(words.begin(), {"setpriv", "--pdeathsig", "KILL"});
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid = 0;
    const int failed =
        posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + words.front());
    return pid;
}

class ServerProcess {
public:
    struct Setting {
        std::string node = "node-1";
        std::string conninfo;              ///< As the server's own login.
        std::string digests;               ///< The file that names what the key signs.
        std::chrono::milliseconds hsm{0};  ///< How long a signature takes.
        std::size_t seats = 16;
        bool results = false;  ///< Signed with the key results-1.
        bool shim = true;      ///< Else the token's own module, with nobody between.
        std::vector<std::string> before = {};  ///< Words before the program's: taskset, perf.
    };

    explicit ServerProcess(Setting setting) : setting_(std::move(setting)) {}
    ~ServerProcess() { kill(); }
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    /// Returns when its doors are open.
    void start() {
        renew_token();
        write_config();
        std::filesystem::remove(log_file());
        std::vector<std::string> words = setting_.before;
        words.insert(words.end(), {HALLMARK_PROGRAM, "serve", "--config", config_file()});
        pid_ = start_program(std::move(words), output_file());
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (log().find(R"("event":"server.started")") == std::string::npos) {
            if (has_ended()) {
                throw std::runtime_error("the server ended with status " + std::to_string(status_) +
                                         ": " + text_of(output_file()));
            }
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("the server does not start: " + log());
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    /// As a power cut ends it.
    void kill() {
        if (pid_ == 0) return;
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    /// Alive, but doing nothing: a machine that sleeps, a container that is frozen.
    void suspend() const { ::kill(pid_, SIGSTOP); }
    void resume() const { ::kill(pid_, SIGCONT); }
    /// True when it ended by itself, which no test here asks of it.
    [[nodiscard]] bool has_ended() {
        if (pid_ == 0 || waitpid(pid_, &status_, WNOHANG) != pid_) return false;
        pid_ = 0;
        return true;
    }

    [[nodiscard]] ClientOptions factory_door(const Badge& badge) const {
        return {.url = "https://127.0.0.1:" + port("factory"),
                .ca_file = Groundwork::laid().doors_ca_file(),
                .credential_file = badge.certificate_file,
                .key_file = badge.key_file,
                .headers = {}};
    }
    [[nodiscard]] ClientOptions office_door(const Badge& badge) const {
        ClientOptions door = factory_door(badge);
        door.url = url_of("office");
        door.headers = {{"Hallmark-Request", "1"}};
        return door;
    }
    /// Where manifests wait on disk.
    [[nodiscard]] std::filesystem::path spool() const { return folder_.path() / "spool"; }
    [[nodiscard]] std::string log() const { return text_of(log_file()); }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] std::string url_of(const std::string& door) const {
        return (door == "ops" || door == "public" ? "http" : "https") +
               std::string("://127.0.0.1:") + port(door);
    }

    /// The body of the ops door's answer.
    [[nodiscard]] std::string ops(const std::string& target) const {
        const RawPeer peer(static_cast<std::uint16_t>(std::stoi(port("ops"))));
        peer.say("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        const std::string answer = peer.hear_all();
        return answer.substr(answer.find("\r\n\r\n") + 4);
    }
    [[nodiscard]] bool is_ready() const {
        return ops("/healthz/ready").find(R"("status":"ready")") != std::string::npos;
    }

    /// What goes wrong in the token from now on, as shim_faults.h writes it; nothing: all is well.
    void inflict(const std::string& faults) const {
        const std::string file = faults_file();
        std::ofstream(file + ".next") << faults;
        std::filesystem::rename(file + ".next", file);
    }
    /// How often the server called this: C_Initialize or C_Login.
    [[nodiscard]] long calls(const std::string& function) const {
        std::istringstream lines(text_of(calls_file()));
        return std::count(std::istream_iterator<std::string>(lines), {}, function);
    }

    /// `hallmark reconcile` beside the server; answers what it printed.
    [[nodiscard]] std::string reconcile() const {
        const auto output = folder_.path() / "reconcile";
        const pid_t pid =
            start_program({HALLMARK_PROGRAM, "reconcile", "--config", config_file()}, output);
        int status = 0;
        waitpid(pid, &status, 0);
        if (status != 0) throw std::runtime_error("reconcile failed: " + text_of(output));
        return text_of(output);
    }

private:
    [[nodiscard]] std::string config_file() const { return (folder_.path() / "hallmark.toml"); }
    [[nodiscard]] std::string log_file() const { return (folder_.path() / "log.jsonl"); }
    [[nodiscard]] std::string output_file() const { return (folder_.path() / "output"); }
    [[nodiscard]] std::string faults_file() const { return (folder_.path() / "faults"); }
    [[nodiscard]] std::string calls_file() const { return (folder_.path() / "calls"); }
    [[nodiscard]] std::filesystem::path tokens() const { return folder_.path() / "tokens"; }
    [[nodiscard]] std::filesystem::path token_conf() const {
        return folder_.path() / "softhsm2.conf";
    }

    void renew_token() const {
        std::filesystem::remove_all(tokens());
        std::filesystem::copy(SoftHsm::conf().parent_path() / "tokens", tokens(),
                              std::filesystem::copy_options::recursive);
        std::ofstream(token_conf()) << "directories.tokendir = " << tokens().string() << "\n"
                                    << "objectstore.backend = file\nlog.level = ERROR\n";
    }

    void write_config() const {
        const Groundwork& ground = Groundwork::laid();
        const auto tls = "\ncertificate = \"" + ground.doors.certificate_file + "\"\nkey = \"" +
                         ground.doors.key_file + "\"\n";
        std::ofstream(config_file())
            << "node = \"" << setting_.node << "\"\n"
            << "[database]\nconninfo = \"" << setting_.conninfo << "\"\n"
            << "[hsm]\nmodule = \"" << (setting_.shim ? HALLMARK_SHIM : SoftHsm::module_path())
            << "\"\ntoken = \"" << ground.factory_token.label() << "\"\npin_file = \""
            << ground.factory_token.pin_file().string() << "\"\n"
            << "[hsm.environment]\nSOFTHSM2_CONF = \"" << token_conf().string()
            << "\"\nHALLMARK_SHIM_MODULE = \"" << SoftHsm::module_path()
            << "\"\nHALLMARK_SHIM_DIGESTS = \"" << setting_.digests
            << "\"\nHALLMARK_SHIM_FAULTS = \"" << faults_file() << "\"\nHALLMARK_SHIM_CALLS = \""
            << calls_file() << "\"\n"
            << shim_rules()  //
            << results()     //
            << "[doors.factory]\nport = 0" << tls << "[doors.office]\nport = 0" << tls
            << "[doors.public]\nport = 0\n[doors.ops]\nport = 0\n"
            << "[workers]\nseats = " << setting_.seats << "\n[challenge]\nper_station = 10000\n"
            << "[log]\nlevel = \"info\"\nfile = \"" << log_file() << "\"\n";
    }
    [[nodiscard]] std::string results() const {
        if (!setting_.results) return {};
        return "[results]\nkey = \"pkcs11:object=results-1\"\npublic_key = \"" +
               Groundwork::laid().results_key_file() + "\"\n";
    }
    [[nodiscard]] std::string shim_rules() const {
        if (setting_.hsm.count() == 0) return {};
        return "HALLMARK_SHIM_RULES = \"delay_us=" + std::to_string(setting_.hsm.count() * 1000) +
               "\"\n";
    }

    [[nodiscard]] std::string port(const std::string& door) const {
        const std::string text = log();
        const std::string before = R"("event":"door.open","door":")" + door + R"(","port":")";
        const auto at = text.find(before);
        if (at == std::string::npos) throw std::runtime_error("no open door " + door);
        const auto begin = at + before.size();
        return text.substr(begin, text.find('"', begin) - begin);
    }

    Setting setting_;
    TempDir folder_;
    pid_t pid_ = 0;
    int status_ = 0;
};

}  // namespace hallmark::testing
