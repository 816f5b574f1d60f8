#include "tests/support/swtpm.h"

#include "ca/crypto/certificate.h"
#include "tests/support/pki.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hallmark::testing {
namespace {

using std::filesystem::path;

std::string contents(const path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

pid_t spawn(const std::vector<std::string>& words, const path& log) {
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid = 0;
    const int failed =
        posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error(words[0] + ": " + std::strerror(failed));
    return pid;
}

void run(const std::vector<std::string>& words, const path& log) {
    const pid_t pid = spawn(words, log);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw std::runtime_error(words[0] + " failed:\n" + contents(log));
    }
}

bool accepts(const path& socket_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = socket_path.string();
    if (name.size() >= sizeof address.sun_path)
        throw std::runtime_error("socket path too long: " + name);
    std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool answered =
        connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return answered;
}

}  // namespace

SwtpmCa::SwtpmCa() {
    const path& dir = dir_.path();
    write(dir / "localca.conf", "statedir = " + dir.string() +
                                    "\nsigningkey = " + (dir / "signkey.pem").string() +
                                    "\nissuercert = " + issuer_file().string() +
                                    "\ncertserial = " + (dir / "certserial").string() + "\n");
    write(dir / "localca.options",
          "--platform-manufacturer Example\n--platform-version 1.0\n--platform-model Board\n");
    write(setup_file(), "create_certs_tool = /usr/bin/swtpm_localca\ncreate_certs_tool_config = " +
                            (dir / "localca.conf").string() + "\ncreate_certs_tool_options = " +
                            (dir / "localca.options").string() + "\nactive_pcr_banks = sha256\n");
    // swtpm_localca takes a CA that is there; its own would be RSA-3072 twice, a second to make.
    const TestAuthority root = make_root("Example TPM root");
    const TestAuthority issuer = make_intermediate(root, "Example TPM issuer");
    write(root_file(), to_pem(root.certificate, "CERTIFICATE"));
    write(issuer_file(), to_pem(issuer.certificate, "CERTIFICATE"));
    write(dir / "signkey.pem", issuer.key.private_pem());
    write(dir / "certserial", "1");
}

path SwtpmCa::root_file() const {
    return dir_.path() / "swtpm-localca-rootca-cert.pem";
}
path SwtpmCa::issuer_file() const {
    return dir_.path() / "issuercert.pem";
}
path SwtpmCa::setup_file() const {
    return dir_.path() / "setup.conf";
}
std::string SwtpmCa::root_pem() const {
    return contents(root_file());
}
std::string SwtpmCa::issuer_pem() const {
    return contents(issuer_file());
}
Bytes SwtpmCa::root_der() const {
    return parse_pem(root_pem(), "CERTIFICATE").value().at(0);
}
Bytes SwtpmCa::issuer_der() const {
    return parse_pem(issuer_pem(), "CERTIFICATE").value().at(0);
}

Swtpm::Swtpm(const SwtpmCa& ca) : tcti_("swtpm:path=" + (dir_.path() / "tpm").string()) {
    std::vector<std::string> words{"swtpm_setup",      "--tpm2",
                                   "--tpmstate",       dir_.path().string(),
                                   "--create-ek-cert", "--lock-nvram",
                                   "--config",         ca.setup_file().string(),
                                   "--logfile",        (dir_.path() / "setup.log").string()};
    if (geteuid() == 0) words.insert(words.end(), {"--runas", "root"});
    run(words, dir_.path() / "setup.out");
    start();
}

Swtpm::~Swtpm() {
    stop();
}

void Swtpm::start() {
    if (pid_ != 0) return;
    const std::filesystem::path data = dir_.path() / "tpm";
    const std::filesystem::path control =
        dir_.path() / "tpm.ctrl";  // Where the swtpm TCTI looks for it.
    pid_ = spawn({"swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + dir_.path().string(),
                  "--ctrl", "type=unixio,path=" + control.string(), "--server",
                  "type=unixio,path=" + data.string(), "--flags", "not-need-init,startup-clear"},
                 dir_.path() / "swtpm.log");
    // A socket may be bound and not yet listening, so both are tried and not only looked for.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!accepts(data) || !accepts(control)) {
        if (std::chrono::steady_clock::now() > deadline) {
            stop();
            throw std::runtime_error("swtpm did not start:\n" +
                                     contents(dir_.path() / "swtpm.log"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

void Swtpm::stop() {
    if (pid_ == 0) return;
    kill(pid_, SIGTERM);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    std::error_code ignored;
    std::filesystem::remove(dir_.path() / "tpm", ignored);
    std::filesystem::remove(dir_.path() / "tpm.ctrl", ignored);
}

void Swtpm::forgive_power_cuts() const {
    run({"tpm2_dictionarylockout", "--tcti", tcti_, "--setup-parameters", "--max-tries=1000",
         "--recovery-time=1", "--lockout-recovery-time=1"},
        dir_.path() / "lockout.out");
}

}  // namespace hallmark::testing
