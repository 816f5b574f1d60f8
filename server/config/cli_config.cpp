#include "server/config/cli_config.h"

#include "server/config/section.h"

#include <fstream>
#include <iterator>

namespace hallmark {

Result<CliConfig> load_cli_config(const std::filesystem::path& file) {
    CliConfig config;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return config;
    const std::string text((std::istreambuf_iterator<char>(stream)),
                           std::istreambuf_iterator<char>());
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return Refusal{Reason::invalid_document,
                       file.string() + ": line " +
                           std::to_string(parsed.error().source().begin.line) + ": " +
                           std::string(parsed.error().description())};
    }
    Complaint complaint;
    Section top(&parsed.table(), "", complaint);
    top.take("url", config.url);
    top.take_path("credential", config.credential, file.parent_path());
    top.take_path("key", config.key, file.parent_path());
    top.take_path("ca", config.ca, file.parent_path());
    top.finish();
    if (!complaint.text.empty()) {
        return Refusal{Reason::invalid_document, file.string() + ": " + complaint.text};
    }
    return config;
}

}  // namespace hallmark
