#include "station/provision_state.h"

#include "ca/domain/fault.h"
#include "ca/json/json.h"
#include "station/files.h"

#include <array>

#include <boost/json.hpp>

namespace hallmark {
namespace {

constexpr std::array<std::string_view, 4> step_names{"started", "asked", "issued", "confirmed"};

}  // namespace

StateFile::StateFile(const std::filesystem::path& folder, const std::string& element) {
    if (folder.empty()) return;
    std::filesystem::create_directories(folder);
    file_ = folder / (element + ".json");
}

std::optional<ProvisionState> StateFile::load() const {
    if (file_.empty() || !std::filesystem::exists(file_)) return std::nullopt;
    const auto document = parse_json(read_file(file_), {.octets = 1024 * 1024});
    const auto text = [&](std::string_view name) {
        const auto* object = document ? document->if_object() : nullptr;
        const auto* value = object == nullptr ? nullptr : object->if_contains(name);
        if (value == nullptr || !value->is_string())
            throw Fault("not a state file: " + file_.string());
        return std::string(value->as_string());
    };
    ProvisionState state{.step = Step::started,
                         .product = text("product"),
                         .request_id = text("request_id"),
                         .body = text("body"),
                         .answer = text("answer")};
    const std::string step = text("step");
    for (std::size_t i = 0; i < step_names.size(); ++i) {
        if (step_names[i] == step) {
            state.step = static_cast<Step>(i);
            return state;
        }
    }
    throw Fault("unknown step in " + file_.string());
}

void StateFile::save(const ProvisionState& state) const {
    if (file_.empty()) return;
    replace_file(file_, canonical_json(boost::json::object{
                            {"step", step_names.at(static_cast<std::size_t>(state.step))},
                            {"product", state.product},
                            {"request_id", state.request_id},
                            {"body", state.body},
                            {"answer", state.answer}}));
}

}  // namespace hallmark
