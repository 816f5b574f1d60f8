// Where an operator's commands find the office door: ~/.config/hallmark/cli.toml, or what the
// command line says.
#pragma once

#include "ca/domain/result.h"

#include <filesystem>
#include <string>

namespace hallmark {

struct CliConfig {
    std::string url;         ///< https://host:8445
    std::string credential;  ///< PEM
    std::string key;         ///< PEM
    std::string ca;          ///< PEM
};

/// Every key optional, unknown ones refused; relative paths are the file's folder's. An absent file
/// is empty.
[[nodiscard]] Result<CliConfig> load_cli_config(const std::filesystem::path& file);

}  // namespace hallmark
