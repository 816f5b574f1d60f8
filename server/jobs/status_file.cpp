#include "server/jobs/status_file.h"

#include "ca/domain/fault.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace hallmark {
namespace {

constexpr std::uintmax_t most_octets = 8u * 1024 * 1024;

Instant instant_of(std::filesystem::file_time_type modified) {
    return std::chrono::time_point_cast<Instant::duration>(
        std::chrono::file_clock::to_sys(modified));
}

}  // namespace

void StatusFile::refresh(Instant now) {
    if (path_.empty()) return;
    std::error_code missing;
    Stamp stamp{.modified = std::filesystem::last_write_time(path_, missing)};
    if (!missing) stamp.size = std::filesystem::file_size(path_, missing);
    if (missing) {
        if (seen_ == Stamp{}) return;
        seen_ = Stamp{};
        throw Fault("status list " + path_.string() + ": " + missing.message());
    }
    if (seen_ == stamp) return;
    seen_ = stamp;
    if (stamp.size > most_octets) throw Fault("status list " + path_.string() + ": too long");
    std::ifstream file(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto list = StatusList::parse(text, std::min(instant_of(stamp.modified), now), max_age_);
    if (!list) throw Fault(path_.string() + ": " + list.error().detail);
    const std::lock_guard lock(mutex_);
    held_ = std::make_shared<const StatusList>(std::move(*list));
}

std::shared_ptr<const StatusList> StatusFile::held() const {
    const std::lock_guard lock(mutex_);
    return held_;
}

bool StatusFile::is_well(Instant now) const {
    if (path_.empty()) return true;
    const auto list = held();
    return list && !list->is_too_old(now);
}

}  // namespace hallmark
