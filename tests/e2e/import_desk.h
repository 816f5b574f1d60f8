// A house whose manifests come in by the real command, and what must be there or not when it has
// ended.
#pragma once

#include "server/command_line.h"
#include "tests/e2e/house_fixture.h"

namespace hallmark::testing {

struct CommandEnded {
    int status = 0;
    std::string out;
    std::string err;
};

class ImportDesk : public HouseTest {
protected:
    [[nodiscard]] std::string written(const std::string& name, const std::string& text) const {
        const auto file = folder.path() / name;
        std::ofstream(file, std::ios::binary) << text;
        return file.string();
    }

    /// `hallmark manifest import` of this document, as ada runs it.
    CommandEnded import(const std::string& document, const std::string& lot,
                        const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{
            "manifest", "import", written("document", document), "--vendor", "swtpm", "--lot", lot};
        words.insert(words.end(), more.begin(), more.end());
        return office_command(std::move(words));
    }
    CommandEnded office_command(std::vector<std::string> words) const {
        const ClientOptions door = caller("office", ground.ada);
        words.insert(words.begin(), "hallmark");
        words.insert(words.end(), {"--url", door.url, "--ca", door.ca_file, "--credential",
                                   door.credential_file, "--key", door.key_file, "--json"});
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        CommandEnded ended;
        ended.status =
            run_command_line(static_cast<int>(arguments.size()), arguments.data(), clock);
        ended.out = ::testing::internal::GetCapturedStdout();
        ended.err = ::testing::internal::GetCapturedStderr();
        return ended;
    }

    [[nodiscard]] std::string manifest(const std::vector<ExampleElement>& elements) const {
        return write_manifest(elements, ground.manifest_vendor.signer);
    }
    [[nodiscard]] std::size_t spooled() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "spool"))
            count += entry.path().extension() == ".spool" ? 1 : 0;
        return count;
    }
    /// What custody holds: manifests, lots, elements, keys.
    [[nodiscard]] std::string held() {
        return ask<std::string>(
            "SELECT concat_ws(' ', (SELECT count(*) FROM manifest), (SELECT count(*) FROM lot), "
            "(SELECT count(*) FROM element), (SELECT count(*) FROM element_key), "
            "(SELECT count(*) FROM manifest_arrival))");
    }
    [[nodiscard]] long refusals_counted(const std::string& reason, const std::string& format) {
        const std::string metrics = fetch("ops", "/metrics");
        const std::string name =
            "\nhallmark_refusals_total{format=\"" + format + "\",reason=\"" + reason + "\"} ";
        const auto at = metrics.find(name);
        return at == std::string::npos ? 0 : std::stol(metrics.substr(at + name.size()));
    }
};

}  // namespace hallmark::testing
