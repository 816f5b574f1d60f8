// Manifests of any length, written to a file as they are signed: a million units take about a
// minute on two cores.
#pragma once

#include "station/manifest_writer.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace hallmark::testing {

/// `microchip-manifest`, version 3, with one fresh P-256 key a unit, named `prefix` and a number.
/// On all cores.
void write_big_manifest(const std::filesystem::path& file, const std::string& prefix,
                        std::size_t units, const ExampleVendor& by);

}  // namespace hallmark::testing
