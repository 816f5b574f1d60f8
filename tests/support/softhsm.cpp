#include "tests/support/softhsm.h"

#include "tests/support/temp_dir.h"

#include <fstream>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hallmark::testing {
namespace {

/// The store lives as long as the process: the module keeps its files open.
struct Store {
    TempDir dir;
    std::filesystem::path conf = dir.path() / "softhsm2.conf";
    int tokens = 0;

    Store() {
        const auto objects = dir.path() / "tokens";
        std::filesystem::create_directory(objects);
        std::ofstream out(conf);
        out << "directories.tokendir = " << objects.string() << "\n"
            << "objectstore.backend = file\n"
            << "log.level = ERROR\n"
            << "slots.removable = false\n";
        out.close();
        if (!out) throw std::runtime_error("cannot write " + conf.string());
        setenv("SOFTHSM2_CONF", conf.c_str(), 1);
    }
};

Store& store() {
    static Store instance;
    return instance;
}

void run_quietly(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const auto& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + command[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error(command[0] + " failed");
}

void write_private(const std::filesystem::path& path, const std::string& text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("cannot write " + path.string());
    const auto written = write(file, text.data(), text.size());
    close(file);
    if (written != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

SoftHsm SoftHsm::make_token(const std::string& purpose) {
    Store& all = store();
    SoftHsm token;
    token.label_ = purpose + "-" + std::to_string(++all.tokens);
    token.pin_file_ = all.dir.path() / (token.label_ + ".pin");
    write_private(token.pin_file_, token.pin_ + "\n");
    run_quietly({"softhsm2-util", "--init-token", "--free", "--label", token.label_, "--so-pin",
                 token.so_pin_, "--pin", token.pin_});
    return token;
}

std::string SoftHsm::module_path() {
    if (const char* named = getenv("HALLMARK_SOFTHSM_MODULE")) return named;
    for (const char* path :
         {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
          "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"})
        if (std::filesystem::exists(path)) return path;
    throw std::runtime_error("libsofthsm2.so not found: install softhsm2");
}

std::filesystem::path SoftHsm::conf() {
    return store().conf;
}

TokenOptions SoftHsm::options(std::size_t sessions) const {
    return TokenOptions{.module_path = module_path(),
                        .token_label = label_,
                        .pin = Secret(pin_),
                        .sessions = sessions,
                        .wait = std::chrono::milliseconds(2000)};
}

}  // namespace hallmark::testing
